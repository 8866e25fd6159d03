-- +++
-- title = "Apdex by service"
-- question = "How satisfied are users with the response times, as one number between 0 and 1?"
-- tables = ["app_logs"]
-- chart = { type = "line", x = "bucket", y = ["apdex"], series = "service" }
-- [parameters.target_ms]
-- type = "number"
-- description = "Response time in ms that satisfies; four times as much is tolerated"
-- default = 200
-- min = 1
-- [parameters.bucket]
-- type = "choice"
-- description = "Length of a step"
-- default = "hour"
-- values = ["minute", "hour", "day"]
-- [parameters.service]
-- type = "string"
-- description = "Only this service; all when it is empty"
-- default = ""
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 1000
-- min = 1
-- +++
-- How to read it: satisfied requests count one, tolerated ones (up to four times the target) a half, slower and failed
-- (5xx) ones nothing. Above 0.94 is excellent, 0.85 good, 0.70 fair, below 0.50 users leave. Set `target_ms` for each
-- kind of service, else the number means little; then watch its change, not its height.

SELECT
  date_trunc({{bucket}}, from_iso8601_timestamp(ts)) AS bucket,
  service,
  count(*) AS requests,
  count_if(duration_ms <= {{target_ms}} AND http_status < 500) AS satisfied,
  count_if(duration_ms > {{target_ms}} AND duration_ms <= 4 * {{target_ms}} AND http_status < 500) AS tolerated,
  count_if(duration_ms > 4 * {{target_ms}} OR http_status >= 500) AS frustrated,
  round(
    (
      count_if(duration_ms <= {{target_ms}} AND http_status < 500)
        + 0.5e0 * count_if(duration_ms > {{target_ms}} AND duration_ms <= 4 * {{target_ms}} AND http_status < 500)
    ) / count(*), 3
  ) AS apdex
FROM app_logs
WHERE {{window}}
  AND http_status IS NOT NULL
  AND duration_ms IS NOT NULL
  AND ({{service}} = '' OR service = {{service}})
GROUP BY date_trunc({{bucket}}, from_iso8601_timestamp(ts)), service
ORDER BY 1, service
LIMIT {{limit}}
