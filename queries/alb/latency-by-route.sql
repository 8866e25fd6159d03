-- +++
-- title = "Latency by route, seen from the load balancer"
-- question = "How fast is each route for those outside: p50, p95, p99?"
-- tables = ["alb_access_logs"]
-- chart = { type = "bar", x = "route", y = ["p50_ms", "p95_ms", "p99_ms"] }
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
-- How to read it: time in the target until its first byte, by route with ids masked; requests without an answer are
-- left out. Compare with performance/latency-by-route: what the balancer sees on top of the application's own number is
-- waiting in front of it (queue of the web server, connections, a CPU at its limit).

WITH requests AS (
  SELECT
    request_verb,
    regexp_replace(
      regexp_extract(request_url, '^[a-z]+://[^/]+(/[^?#]*)', 1),
      '/([0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[0-9a-fA-F]{16,}|[0-9]+)\b', '/{id}'
    ) AS route,
    target_processing_time AS seconds,
    elb_status_code,
    sent_bytes
  FROM alb_access_logs
  WHERE {{window}}
    AND target_processing_time >= 0
)
SELECT
  request_verb AS method,
  route,
  count(*) AS requests,
  round(1e3 * approx_percentile(seconds, 0.5), 1) AS p50_ms,
  round(1e3 * approx_percentile(seconds, 0.95), 1) AS p95_ms,
  round(1e3 * approx_percentile(seconds, 0.99), 1) AS p99_ms,
  round(1e3 * max(seconds), 1) AS max_ms,
  round(1e2 * count_if(elb_status_code >= 500) / count(*), 2) AS error_percent,
  round(1e0 * sum(sent_bytes) / count(*), 0) AS bytes_per_answer
FROM requests
GROUP BY request_verb, route
HAVING count(*) >= {{min_requests}}
ORDER BY sum(seconds) DESC, route, method
LIMIT {{limit}}
