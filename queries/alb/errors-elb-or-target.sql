-- +++
-- title = "5xx: load balancer or target"
-- question = "Are the 5xx made by the load balancer itself or by the application behind it, and when?"
-- tables = ["alb_access_logs"]
-- chart = { type = "line", x = "bucket", y = ["target_5xx", "elb_502", "elb_503", "elb_504"] }
-- [parameters.bucket]
-- type = "choice"
-- description = "Length of a step"
-- default = "hour"
-- values = ["minute", "hour", "day"]
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 1000
-- min = 1
-- +++
-- How to read it: target_5xx came from the application: read its errors. The others the load balancer made itself: 502
-- is a target that hung up or answered nonsense (crash, keep-alive shorter than the balancer's idle timeout), 503 no
-- healthy target (deploy, health check), 504 a target too slow or not reachable. 460 is the client that left before the
-- answer.

SELECT
  date_trunc({{bucket}}, from_iso8601_timestamp("time")) AS bucket,
  count(*) AS requests,
  count_if(target_status_code LIKE '5%') AS target_5xx,
  count_if(elb_status_code >= 500 AND target_status_code = '-') AS elb_5xx,
  count_if(elb_status_code = 502 AND target_status_code = '-') AS elb_502,
  count_if(elb_status_code = 503 AND target_status_code = '-') AS elb_503,
  count_if(elb_status_code = 504 AND target_status_code = '-') AS elb_504,
  count_if(elb_status_code = 460) AS client_left,
  round(1e2 * count_if(elb_status_code >= 500) / count(*), 2) AS error_percent
FROM alb_access_logs
WHERE {{window}}
GROUP BY date_trunc({{bucket}}, from_iso8601_timestamp("time"))
ORDER BY 1
LIMIT {{limit}}
