-- +++
-- title = "Largest records"
-- question = "Which single records are huge, and which field makes them so?"
-- tables = ["app_logs"]
-- chart = { type = "none" }
-- [parameters.service]
-- type = "string"
-- description = "Only this service; all when it is empty"
-- default = ""
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 20
-- min = 1
-- +++
-- How to read it: lengths are in characters. A large `attrs` is often a whole request or response body (cost, and a
-- risk for personal data), a large `stack` a recursion, a large `message` a dump. CloudWatch Logs cuts events at 256 KB
-- (1 MB since 2025); anything near that deserves a fix in the application.

SELECT
  from_iso8601_timestamp(ts) AS time,
  service,
  level,
  coalesce(length(message), 0) + coalesce(length(stack), 0) + coalesce(length(attrs), 0) AS length,
  coalesce(length(message), 0) AS message_length,
  coalesce(length(stack), 0) AS stack_length,
  coalesce(length(attrs), 0) AS attrs_length,
  logger,
  request_id,
  substr(message, 1, 100) AS message_start
FROM app_logs
WHERE {{window}}
  AND ({{service}} = '' OR service = {{service}})
ORDER BY 4 DESC, ts, service, request_id, message
LIMIT {{limit}}
