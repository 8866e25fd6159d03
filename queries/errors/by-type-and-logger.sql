-- +++
-- title = "Errors by type and logger"
-- question = "Which exception types come from which part of the code?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "error_type", y = ["errors"], series = "service" }
-- [parameters.service]
-- type = "string"
-- description = "Only this service; all when it is empty"
-- default = ""
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 20
-- min = 1
-- +++
-- How to read it: exception classes with the logger that reported them and the innermost line of the latest stack. Types
-- of networks and databases (Timeout, Connection, Database …) in several loggers at once mean a dependency, types such
-- as KeyError or NullPointerException in one logger mean a bug there. `with_stack` below `errors`: stacks are not logged.

SELECT
  service,
  coalesce(error_type, '(none)') AS error_type,
  coalesce(logger, '(none)') AS logger,
  count(*) AS errors,
  count(stack) AS with_stack,
  count(DISTINCT fingerprint) AS kinds,
  max(from_iso8601_timestamp(ts)) AS last_seen,
  -- the innermost frame: Python's last `File …`, the first `at …` of Java, .NET and Node
  substr(
    max_by(
      coalesce(
        regexp_extract(stack, '(?s).*(File "[^"]+", line [0-9]+)', 1),
        regexp_extract(stack, '\bat ([^\n]+)', 1)
      ),
      ts || stack
    ), 1, 120
  ) AS latest_frame
FROM app_logs
WHERE {{window}}
  AND level IN ('error', 'fatal')
  AND ({{service}} = '' OR service = {{service}})
GROUP BY service, coalesce(error_type, '(none)'), coalesce(logger, '(none)')
ORDER BY errors DESC, service, error_type, logger
LIMIT {{limit}}
