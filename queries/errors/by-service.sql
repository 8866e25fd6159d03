-- +++
-- title = "Errors by service"
-- question = "Which services fail, how often, in how many ways, and since when?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "service", y = ["errors"] }
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
-- How to read it: `errors` counts records of level error and fatal, `percent` sets them against everything the service
-- logged, `kinds` is the number of different fingerprints. Many errors of one kind are one bug; a few each of many kinds
-- usually mean that something underneath (database, network, disk) is failing. Next: errors/top-fingerprints.

SELECT
  service,
  count_if(level IN ('error', 'fatal')) AS errors,
  count_if(level = 'fatal') AS fatal,
  round(1e2 * count_if(level IN ('error', 'fatal')) / count(*), 2) AS percent,
  count(DISTINCT fingerprint) FILTER (WHERE level IN ('error', 'fatal')) AS kinds,
  min(from_iso8601_timestamp(ts)) FILTER (WHERE level IN ('error', 'fatal')) AS first_error,
  max(from_iso8601_timestamp(ts)) FILTER (WHERE level IN ('error', 'fatal')) AS last_error
FROM app_logs
WHERE {{window}}
  AND ({{service}} = '' OR service = {{service}})
GROUP BY service
HAVING count_if(level IN ('error', 'fatal')) > 0
ORDER BY errors DESC, service
LIMIT {{limit}}
