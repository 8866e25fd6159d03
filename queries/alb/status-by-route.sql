-- +++
-- title = "Status by route"
-- question = "Which routes answer with which status, and does the balancer agree with the target?"
-- tables = ["alb_access_logs"]
-- chart = { type = "bar", x = "route", y = ["requests"], series = "elb_status" }
-- [parameters.only_errors]
-- type = "boolean"
-- description = "Only status 400 and above"
-- default = true
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 30
-- min = 1
-- +++
-- How to read it: one row for each pair of statuses. The same on both sides came from the application; a target status
-- `-` beside 5xx came from the balancer (alb/errors-elb-or-target), beside 301, 302, 401 or 403 from one of its rules.

SELECT
  request_verb AS method,
  regexp_replace(
    regexp_extract(request_url, '^[a-z]+://[^/]+(/[^?#]*)', 1),
    '/([0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[0-9a-fA-F]{16,}|[0-9]+)\b', '/{id}'
  ) AS route,
  elb_status_code AS elb_status,
  target_status_code AS target_status,
  count(*) AS requests,
  approx_distinct(client_ip) AS clients,
  min(from_iso8601_timestamp("time")) AS first_seen,
  max(from_iso8601_timestamp("time")) AS last_seen
FROM alb_access_logs
WHERE {{window}}
  AND (NOT {{only_errors}} OR elb_status_code >= 400)
GROUP BY
  request_verb,
  regexp_replace(
    regexp_extract(request_url, '^[a-z]+://[^/]+(/[^?#]*)', 1),
    '/([0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[0-9a-fA-F]{16,}|[0-9]+)\b', '/{id}'
  ),
  elb_status_code,
  target_status_code
ORDER BY requests DESC, route, method, elb_status, target_status
LIMIT {{limit}}
