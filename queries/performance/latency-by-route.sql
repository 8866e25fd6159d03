-- +++
-- title = "Latency by route"
-- question = "How fast is each route: median, p95, p99, worst?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "route", y = ["p50_ms", "p95_ms", "p99_ms"] }
-- [parameters.service]
-- type = "string"
-- description = "Only this service; all when it is empty"
-- default = ""
-- [parameters.min_requests]
-- type = "integer"
-- description = "Routes with fewer requests are left out"
-- default = 20
-- min = 1
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 20
-- min = 1
-- +++
-- How to read it: percentiles of duration_ms by normalised route, ordered by the time all its requests took together,
-- `total_seconds`: the top rows are where an improvement pays most. p99 far above p95 means rare stalls (locks, cold
-- caches, retries), p50 itself high means slow work every time. Percentiles of few requests are guesses, hence
-- `min_requests`.

WITH requests AS (
  SELECT
    service,
    http_method,
    regexp_replace(http_path, '/([0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[0-9a-fA-F]{16,}|[0-9]+)\b', '/{id}') AS route,
    duration_ms
  FROM app_logs
  WHERE {{window}}
    AND http_path IS NOT NULL
    AND duration_ms IS NOT NULL
    AND ({{service}} = '' OR service = {{service}})
)
SELECT
  service,
  http_method AS method,
  route,
  count(*) AS requests,
  round(approx_percentile(duration_ms, 0.5), 1) AS p50_ms,
  round(approx_percentile(duration_ms, 0.95), 1) AS p95_ms,
  round(approx_percentile(duration_ms, 0.99), 1) AS p99_ms,
  round(max(duration_ms), 1) AS max_ms,
  round(sum(duration_ms) / 1e3, 1) AS total_seconds
FROM requests
GROUP BY service, http_method, route
HAVING count(*) >= {{min_requests}}
ORDER BY sum(duration_ms) DESC, service, route, method
LIMIT {{limit}}
