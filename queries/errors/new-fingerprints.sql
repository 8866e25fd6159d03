-- +++
-- title = "New errors"
-- question = "Which errors are new: seen in this window and never in the days before it?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "fingerprint", y = ["errors"] }
-- [parameters.history]
-- type = "duration"
-- description = "How far back an error must not have been seen"
-- default = "7d"
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
-- How to read it: no rows is the normal answer. After a deploy this is the first query to run: compare `first_seen` with
-- the time of the deploy. An old error whose wording was changed counts as new. A service younger than `history` has
-- nothing to compare with, so all of its errors are new.

WITH seen AS (
  SELECT
    fingerprint,
    service,
    message,
    error_type,
    user_id,
    ts,
    from_iso8601_timestamp(ts) AS at
  FROM app_logs
  WHERE {{window app_logs back=history}}
    AND level IN ('error', 'fatal')
    AND fingerprint IS NOT NULL
    AND ({{service}} = '' OR service = {{service}})
)
SELECT
  fingerprint,
  service,
  min(at) AS first_seen,
  max(at) AS last_seen,
  count(*) AS errors,
  approx_distinct(user_id) AS users,
  max(error_type) AS error_type,
  substr(min_by(message, ts || message), 1, 200) AS first_message
FROM seen
GROUP BY fingerprint, service
HAVING min(at) >= {{from}}
ORDER BY errors DESC, first_seen, fingerprint, service
LIMIT {{limit}}
