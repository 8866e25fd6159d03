-- +++
-- title = "Slower than last week"
-- question = "Which routes are slower than at the same time a week ago?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "route", y = ["p95_before_ms", "p95_now_ms"] }
-- [parameters.service]
-- type = "string"
-- description = "Only this service; all when it is empty"
-- default = ""
-- [parameters.min_requests]
-- type = "integer"
-- description = "Routes with fewer requests in either week are left out"
-- default = 20
-- min = 1
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 20
-- min = 1
-- +++
-- How to read it: the window against the same one seven days earlier, so hour and weekday are alike. `extra_seconds` is
-- what the change of the mean costs all of today's requests, the most expensive first. `factor` above 1.3 with a steady
-- number of requests is a regression, above 1.3 with many more requests a lack of capacity. Routes that did not exist
-- then are missing here: see access-patterns/new-and-vanished-routes.

WITH requests AS (
  SELECT
    service,
    http_method,
    regexp_replace(http_path, '/([0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[0-9a-fA-F]{16,}|[0-9]+)\b', '/{id}') AS route,
    'now' AS week,
    duration_ms
  FROM app_logs
  WHERE {{window}}
    AND http_path IS NOT NULL
    AND duration_ms IS NOT NULL
    AND ({{service}} = '' OR service = {{service}})
  UNION ALL
  SELECT
    service,
    http_method,
    regexp_replace(http_path, '/([0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[0-9a-fA-F]{16,}|[0-9]+)\b', '/{id}') AS route,
    'before' AS week,
    duration_ms
  FROM app_logs
  WHERE {{window app_logs shift=7d}}
    AND http_path IS NOT NULL
    AND duration_ms IS NOT NULL
    AND ({{service}} = '' OR service = {{service}})
),
weeks AS (
  SELECT
    service,
    http_method,
    route,
    count_if(week = 'before') AS requests_before,
    count_if(week = 'now') AS requests_now,
    approx_percentile(duration_ms, 0.5) FILTER (WHERE week = 'before') AS p50_before,
    approx_percentile(duration_ms, 0.5) FILTER (WHERE week = 'now') AS p50_now,
    approx_percentile(duration_ms, 0.95) FILTER (WHERE week = 'before') AS p95_before,
    approx_percentile(duration_ms, 0.95) FILTER (WHERE week = 'now') AS p95_now,
    avg(duration_ms) FILTER (WHERE week = 'before') AS mean_before,
    avg(duration_ms) FILTER (WHERE week = 'now') AS mean_now
  FROM requests
  GROUP BY service, http_method, route
)
SELECT
  service,
  http_method AS method,
  route,
  requests_before,
  requests_now,
  round(p50_before, 1) AS p50_before_ms,
  round(p50_now, 1) AS p50_now_ms,
  round(p95_before, 1) AS p95_before_ms,
  round(p95_now, 1) AS p95_now_ms,
  round(p95_now / nullif(p95_before, 0), 2) AS factor,
  -- 0e0 + makes -0.0 a plain 0.0
  0e0 + round(requests_now * (mean_now - mean_before) / 1e3, 1) AS extra_seconds
FROM weeks
WHERE requests_before >= {{min_requests}}
  AND requests_now >= {{min_requests}}
ORDER BY extra_seconds DESC, service, route, method
LIMIT {{limit}}
