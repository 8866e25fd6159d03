-- +++
-- title = "Latency over time"
-- question = "When did response times rise, and was it the median or the tail?"
-- tables = ["app_logs"]
-- chart = { type = "line", x = "bucket", y = ["p50_ms", "p95_ms", "p99_ms"] }
-- [parameters.bucket]
-- type = "choice"
-- description = "Length of a step"
-- default = "hour"
-- values = ["minute", "hour", "day"]
-- [parameters.service]
-- type = "string"
-- description = "Only this service; all when it is empty"
-- default = ""
-- [parameters.route]
-- type = "string"
-- description = "Only paths that begin with this, such as /orders"
-- default = ""
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 1000
-- min = 1
-- +++
-- How to read it: percentiles by step of time. Median and tail rising together is load or a slow dependency; the tail
-- alone is contention, garbage collection or one bad task; both falling while `server_errors` rises means that requests
-- fail fast. Compare `requests` before blaming the code.

SELECT
  date_trunc({{bucket}}, from_iso8601_timestamp(ts)) AS bucket,
  count(*) AS requests,
  count_if(http_status >= 500) AS server_errors,
  round(approx_percentile(duration_ms, 0.5), 1) AS p50_ms,
  round(approx_percentile(duration_ms, 0.95), 1) AS p95_ms,
  round(approx_percentile(duration_ms, 0.99), 1) AS p99_ms,
  round(max(duration_ms), 1) AS max_ms
FROM app_logs
WHERE {{window}}
  AND http_path IS NOT NULL
  AND duration_ms IS NOT NULL
  AND ({{service}} = '' OR service = {{service}})
  AND ({{route}} = '' OR strpos(http_path, {{route}}) = 1)
GROUP BY date_trunc({{bucket}}, from_iso8601_timestamp(ts))
ORDER BY 1
LIMIT {{limit}}
