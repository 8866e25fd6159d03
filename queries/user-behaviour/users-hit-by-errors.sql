-- +++
-- title = "Users hit by errors"
-- question = "How many users met an error, which users most, and what did they see?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "user_id", y = ["failed_requests"] }
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
-- How to read it: users by failed requests (5xx) and errors logged with their id. `users_hit_percent` is the same in
-- every row: the share of all users who met any error, the number to report about an incident. One user with nearly all
-- errors has odd data; many users with one each are an outage.

WITH users AS (
  SELECT
    user_id,
    count(http_status) AS requests,
    count_if(http_status >= 500) AS failed_requests,
    count_if(level IN ('error', 'fatal') AND http_status IS NULL) AS other_errors,
    min(from_iso8601_timestamp(ts)) FILTER (WHERE level IN ('error', 'fatal')) AS first_error,
    max(from_iso8601_timestamp(ts)) FILTER (WHERE level IN ('error', 'fatal')) AS last_error,
    max_by(message, ts || message) FILTER (WHERE level IN ('error', 'fatal')) AS last_message
  FROM app_logs
  WHERE {{window}}
    AND user_id IS NOT NULL
    AND ({{service}} = '' OR service = {{service}})
  GROUP BY user_id
),
totals AS (
  SELECT
    user_id,
    requests,
    failed_requests,
    other_errors,
    first_error,
    last_error,
    last_message,
    1e2 * count_if(failed_requests + other_errors > 0) OVER () / count(*) OVER () AS hit_percent
  FROM users
)
SELECT
  user_id,
  requests,
  failed_requests,
  other_errors,
  first_error,
  last_error,
  round(hit_percent, 1) AS users_hit_percent,
  substr(last_message, 1, 120) AS last_message
FROM totals
WHERE failed_requests + other_errors > 0
ORDER BY failed_requests DESC, other_errors DESC, user_id
LIMIT {{limit}}
