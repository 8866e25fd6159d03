-- +++
-- title = "Slowest traces"
-- question = "Which requests took longest over all services, and which service had the largest part?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "trace_id", y = ["total_ms"] }
-- [parameters.min_services]
-- type = "integer"
-- description = "Only traces that touched so many services"
-- default = 1
-- min = 1
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 20
-- min = 1
-- +++
-- How to read it: a trace lasts from its first record to its last in any service. `slowest_service` is the one with the
-- longest own duration. A total far above every duration is work after the answer (queues, mail) or waiting between
-- services. Take the id to tracing/trace.

WITH traces AS (
  SELECT
    trace_id,
    min(from_iso8601_timestamp(ts)) AS started,
    date_diff('millisecond', min(from_iso8601_timestamp(ts)), max(from_iso8601_timestamp(ts))) AS between_ms,
    count(*) AS records,
    count(DISTINCT service) AS services,
    count_if(level IN ('error', 'fatal')) AS errors,
    max(duration_ms) AS longest_ms,
    max_by(service, duration_ms) AS slowest_service,
    max(if(http_path IS NOT NULL, http_method || ' ' || http_path)) AS request
  FROM app_logs
  WHERE {{window}}
    AND trace_id IS NOT NULL
  GROUP BY trace_id
)
SELECT
  trace_id,
  started,
  -- a trace of one record lasts as long as that record says
  round(greatest(1e0 * between_ms, coalesce(longest_ms, 0)), 0) AS total_ms,
  round(longest_ms, 0) AS longest_ms,
  slowest_service,
  services,
  records,
  errors,
  request
FROM traces
WHERE services >= {{min_services}}
ORDER BY total_ms DESC, started, trace_id
LIMIT {{limit}}
