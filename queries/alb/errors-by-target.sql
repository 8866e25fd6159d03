-- +++
-- title = "502, 503 and 504 by target"
-- question = "Do the errors come from one target, or from all of them?"
-- tables = ["alb_access_logs"]
-- chart = { type = "bar", x = "target", y = ["server_errors"] }
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 20
-- min = 1
-- +++
-- How to read it: one target with nearly all errors is one bad task: stop it. All targets alike is the code or
-- something behind them. The row `(none)` is requests for which there was no target at all: no healthy one, a fixed
-- response or a redirect. Compare `from_target` (5xx that the application answered itself) with the others, which the
-- balancer made.

SELECT
  coalesce(nullif(regexp_extract(target_group_arn, 'targetgroup/([^/]+)/', 1), ''), '(none)') AS target_group,
  if(target_ip IS NULL OR target_ip IN ('', '-'), '(none)', target_ip || ':' || CAST(target_port AS varchar)) AS target,
  count(*) AS requests,
  count_if(elb_status_code >= 500) AS server_errors,
  count_if(elb_status_code = 502) AS e502,
  count_if(elb_status_code = 503) AS e503,
  count_if(elb_status_code = 504) AS e504,
  count_if(target_status_code LIKE '5%') AS from_target,
  round(1e2 * count_if(elb_status_code >= 500) / count(*), 2) AS error_percent,
  round(1e3 * approx_percentile(target_processing_time, 0.95) FILTER (WHERE target_processing_time >= 0), 1) AS p95_ms
FROM alb_access_logs
WHERE {{window}}
GROUP BY
  coalesce(nullif(regexp_extract(target_group_arn, 'targetgroup/([^/]+)/', 1), ''), '(none)'),
  if(target_ip IS NULL OR target_ip IN ('', '-'), '(none)', target_ip || ':' || CAST(target_port AS varchar))
ORDER BY server_errors DESC, requests DESC, target_group, target
LIMIT {{limit}}
