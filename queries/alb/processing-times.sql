-- +++
-- title = "Which of the three processing times"
-- question = "Is a slow request waiting for a target, for the application, or for the client?"
-- tables = ["alb_access_logs"]
-- chart = { type = "bar", x = "slowest_part", y = ["requests"] }
-- [parameters.slow_ms]
-- type = "number"
-- description = "Requests that take longer in all are slow"
-- default = 500
-- min = 1
-- +++
-- How to read it: slow requests by the part that took most of their time. `request`: the balancer waited to hand the
-- request over (connection limits, a target that accepts slowly, a client that uploads slowly). `target`: the
-- application until its first byte, the usual one. `response`: sending the answer (large bodies, slow clients). `no
-- answer` are requests with -1: a target that never answered.

WITH slow AS (
  SELECT
    request_processing_time AS request_time,
    target_processing_time AS target_time,
    response_processing_time AS response_time,
    greatest(request_processing_time, 0)
      + greatest(target_processing_time, 0)
      + greatest(response_processing_time, 0) AS total,
    elb_status_code
  FROM alb_access_logs
  WHERE {{window}}
),
parts AS (
  SELECT
    CASE
      WHEN request_time < 0 OR target_time < 0 OR response_time < 0 THEN 'no answer'
      WHEN target_time >= request_time AND target_time >= response_time THEN 'target'
      WHEN request_time >= response_time THEN 'request'
      ELSE 'response'
    END AS slowest_part,
    request_time,
    target_time,
    response_time,
    total,
    elb_status_code
  FROM slow
  WHERE 1e3 * total >= {{slow_ms}}
    OR request_time < 0
    OR target_time < 0
    OR response_time < 0
)
SELECT
  slowest_part,
  count(*) AS requests,
  round(1e2 * count(*) / sum(count(*)) OVER (), 1) AS share,
  count_if(elb_status_code >= 500) AS server_errors,
  round(1e3 * avg(greatest(request_time, 0)), 1) AS mean_request_ms,
  round(1e3 * avg(greatest(target_time, 0)), 1) AS mean_target_ms,
  round(1e3 * avg(greatest(response_time, 0)), 1) AS mean_response_ms,
  round(1e3 * max(total), 1) AS max_total_ms
FROM parts
GROUP BY slowest_part
ORDER BY requests DESC, slowest_part
