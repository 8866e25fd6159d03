-- +++
-- title = "Slowest requests at the load balancer"
-- question = "Which single requests took longest, and where was the time spent?"
-- tables = ["alb_access_logs"]
-- chart = { type = "none" }
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 20
-- min = 1
-- +++
-- How to read it: the three parts side by side in ms; -1 becomes empty and means that this part never happened. Take
-- `trace_id` to tracing/alb-to-application to see what the application logged meanwhile; a request that is missing
-- there never reached it.

SELECT
  from_iso8601_timestamp("time") AS time,
  request_verb AS method,
  substr(regexp_extract(request_url, '^[a-z]+://[^/]+(/[^?#]*)', 1), 1, 100) AS path,
  elb_status_code AS elb_status,
  nullif(target_status_code, '-') AS target_status,
  target_ip,
  round(1e3 * nullif(request_processing_time, -1), 1) AS request_ms,
  round(1e3 * nullif(target_processing_time, -1), 1) AS target_ms,
  round(1e3 * nullif(response_processing_time, -1), 1) AS response_ms,
  round(
    1e3 * (
      greatest(request_processing_time, 0)
        + greatest(target_processing_time, 0)
        + greatest(response_processing_time, 0)
    ), 1
  ) AS total_ms,
  client_ip,
  trace_id
FROM alb_access_logs
WHERE {{window}}
  AND request_processing_time IS NOT NULL
ORDER BY total_ms DESC, 1, trace_id
LIMIT {{limit}}
