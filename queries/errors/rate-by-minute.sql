-- +++
-- title = "Error rate a minute"
-- question = "When did the errors start and stop, and did traffic change with them?"
-- tables = ["app_logs"]
-- chart = { type = "line", x = "minute", y = ["errors"], series = "service" }
-- [parameters.service]
-- type = "string"
-- description = "Only this service; all when it is empty"
-- default = ""
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show, the latest"
-- default = 1440
-- min = 1
-- +++
-- How to read it: one row a minute and service in which anything was logged. `percent` is errors in everything logged, so
-- it stays level when only traffic grows. A step that stays points at a deploy or a dependency, a spike at a restart or
-- a burst of bad input; when errors vanish together with `records`, the service is down, not healed.

SELECT
  date_trunc('minute', from_iso8601_timestamp(ts)) AS minute,
  service,
  count_if(level IN ('error', 'fatal')) AS errors,
  count(*) AS records,
  round(1e2 * count_if(level IN ('error', 'fatal')) / count(*), 2) AS percent
FROM app_logs
WHERE {{window}}
  AND ({{service}} = '' OR service = {{service}})
GROUP BY date_trunc('minute', from_iso8601_timestamp(ts)), service
ORDER BY minute DESC, service
LIMIT {{limit}}
