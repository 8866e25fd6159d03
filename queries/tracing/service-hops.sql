-- +++
-- title = "Calls between services"
-- question = "Which services appear together in traces, in what order and with how much time between them?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "to_service", y = ["hops"], series = "from_service" }
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 30
-- min = 1
-- +++
-- How to read it: a hop is a record of another service right after one of the first within a trace. It is a map of who
-- calls whom drawn from the logs alone, answers counted as hops as well. `failed_percent` is the share of those traces
-- with any error; a pair whose `p95_ms` rises is the connection to look at.

WITH hops AS (
  SELECT
    trace_id,
    lag(service) OVER (PARTITION BY trace_id ORDER BY ts, service, span_id, message) AS from_service,
    service AS to_service,
    date_diff(
      'millisecond',
      lag(from_iso8601_timestamp(ts)) OVER (PARTITION BY trace_id ORDER BY ts, service, span_id, message),
      from_iso8601_timestamp(ts)
    ) AS milliseconds,
    max(if(level IN ('error', 'fatal'), 1, 0)) OVER (PARTITION BY trace_id) AS failed
  FROM app_logs
  WHERE {{window}}
    AND trace_id IS NOT NULL
)
SELECT
  from_service,
  to_service,
  count(*) AS hops,
  count(DISTINCT trace_id) AS traces,
  approx_percentile(milliseconds, 0.5) AS p50_ms,
  approx_percentile(milliseconds, 0.95) AS p95_ms,
  round(1e2 * count(DISTINCT if(failed = 1, trace_id)) / count(DISTINCT trace_id), 1) AS failed_percent
FROM hops
WHERE from_service <> to_service
GROUP BY from_service, to_service
ORDER BY hops DESC, from_service, to_service
LIMIT {{limit}}
