-- +++
-- title = "Slowest requests"
-- question = "Which single requests took longest, and whose were they?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "request_id", y = ["duration_ms"] }
-- [parameters.service]
-- type = "string"
-- description = "Only this service; all when it is empty"
-- default = ""
-- [parameters.route]
-- type = "string"
-- description = "Only paths that begin with this, such as /orders"
-- default = ""
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 20
-- min = 1
-- +++
-- How to read it: the worst requests with everything needed to follow them: take `trace_id` to tracing/trace. The same
-- round number again and again (30000, 60000) is a timeout, not a duration. All from one task: that task is ill; all
-- within one minute: look for a deploy, a lock or a backup at that time.

SELECT
  from_iso8601_timestamp(ts) AS time,
  service,
  http_method AS method,
  http_path AS path,
  http_status AS status,
  round(duration_ms, 1) AS duration_ms,
  user_id,
  task,
  request_id,
  trace_id
FROM app_logs
WHERE {{window}}
  AND http_path IS NOT NULL
  AND duration_ms IS NOT NULL
  AND ({{service}} = '' OR service = {{service}})
  AND ({{route}} = '' OR strpos(http_path, {{route}}) = 1)
ORDER BY duration_ms DESC, ts, service, path, request_id
LIMIT {{limit}}
