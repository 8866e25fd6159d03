-- +++
-- title = "Latency before and after a deploy"
-- question = "Did a deploy make routes slower, or let more of them fail?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "route", y = ["p95_before_ms", "p95_after_ms"] }
-- [parameters.at]
-- type = "timestamp"
-- description = "When the deploy went live; inside the window"
-- [parameters.service]
-- type = "string"
-- description = "Only this service; all when it is empty"
-- default = ""
-- [parameters.min_requests]
-- type = "integer"
-- description = "Routes with fewer requests on either side are left out"
-- default = 10
-- min = 1
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 20
-- min = 1
-- +++
-- How to read it: both sides of the deploy by route. `extra_seconds` is what the change of the mean cost all requests
-- after the deploy, the most expensive first, below zero where it saved time. Believe a change when `p50` moved with
-- `p95` and both sides have hundreds of requests; p95 alone moves by chance. Choose the window so that both sides see
-- the same kind of traffic (an hour each, not a night against a day).

WITH requests AS (
  SELECT
    service,
    http_method,
    regexp_replace(http_path, '/([0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[0-9a-fA-F]{16,}|[0-9]+)\b', '/{id}') AS route,
    from_iso8601_timestamp(ts) >= {{at}} AS after_deploy,
    duration_ms,
    http_status
  FROM app_logs
  WHERE {{window}}
    AND http_path IS NOT NULL
    AND duration_ms IS NOT NULL
    AND ({{service}} = '' OR service = {{service}})
),
sides AS (
  SELECT
    service,
    http_method,
    route,
    count_if(NOT after_deploy) AS requests_before,
    count_if(after_deploy) AS requests_after,
    approx_percentile(duration_ms, 0.5) FILTER (WHERE NOT after_deploy) AS p50_before,
    approx_percentile(duration_ms, 0.5) FILTER (WHERE after_deploy) AS p50_after,
    approx_percentile(duration_ms, 0.95) FILTER (WHERE NOT after_deploy) AS p95_before,
    approx_percentile(duration_ms, 0.95) FILTER (WHERE after_deploy) AS p95_after,
    avg(duration_ms) FILTER (WHERE NOT after_deploy) AS mean_before,
    avg(duration_ms) FILTER (WHERE after_deploy) AS mean_after,
    1e2 * count_if(NOT after_deploy AND http_status >= 500) / nullif(count_if(NOT after_deploy), 0) AS failed_before,
    1e2 * count_if(after_deploy AND http_status >= 500) / nullif(count_if(after_deploy), 0) AS failed_after
  FROM requests
  GROUP BY service, http_method, route
)
SELECT
  service,
  http_method AS method,
  route,
  requests_before,
  requests_after,
  round(p50_before, 1) AS p50_before_ms,
  round(p50_after, 1) AS p50_after_ms,
  round(p95_before, 1) AS p95_before_ms,
  round(p95_after, 1) AS p95_after_ms,
  round(p95_after / nullif(p95_before, 0), 2) AS p95_factor,
  -- 0e0 + makes -0.0 a plain 0.0
  0e0 + round(requests_after * (mean_after - mean_before) / 1e3, 1) AS extra_seconds,
  round(failed_before, 2) AS failed_before_percent,
  round(failed_after, 2) AS failed_after_percent
FROM sides
WHERE requests_before >= {{min_requests}}
  AND requests_after >= {{min_requests}}
ORDER BY extra_seconds DESC, service, route, method
LIMIT {{limit}}
