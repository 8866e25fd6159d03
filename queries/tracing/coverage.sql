-- +++
-- title = "How well traces are logged"
-- question = "Which services log trace ids, and can their lines be joined with the others'?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "service", y = ["with_trace_percent"] }
-- +++
-- How to read it: `with_trace_percent` of the records carry a trace id; lines of the start and of background work have
-- none by nature, so judge `requests_with_trace_percent`. `shared_percent` is the part of a service's traces that any
-- other service logged too: 0 for a service in the middle of a chain means that it does not take over the caller's id.

WITH traced AS (
  SELECT
    service,
    trace_id,
    http_path,
    if(
      trace_id IS NOT NULL
        AND min(service) OVER (PARTITION BY trace_id) <> max(service) OVER (PARTITION BY trace_id),
      trace_id
    ) AS shared_trace
  FROM app_logs
  WHERE {{window}}
)
SELECT
  service,
  count(*) AS records,
  round(1e2 * count(trace_id) / count(*), 1) AS with_trace_percent,
  round(
    1e2 * count_if(http_path IS NOT NULL AND trace_id IS NOT NULL) / nullif(count_if(http_path IS NOT NULL), 0), 1
  ) AS requests_with_trace_percent,
  approx_distinct(trace_id) AS traces,
  round(1e2 * count(DISTINCT shared_trace) / nullif(count(DISTINCT trace_id), 0), 1) AS shared_percent
FROM traced
GROUP BY service
ORDER BY records DESC, service
