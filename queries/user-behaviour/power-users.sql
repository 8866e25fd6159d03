-- +++
-- title = "Power users"
-- question = "Which users make most of the traffic, and is it people or scripts?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "user_id", y = ["requests"] }
-- [parameters.history]
-- type = "duration"
-- description = "How far back to look before the window"
-- default = "7d"
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
-- How to read it: `running_share` adds up the parts of the users down to that row: when a few make half of the traffic,
-- capacity and outages are about them. More than twelve hours of the day (`busiest_day_hours`) or hundreds of requests
-- an hour are scripts that use a person's account.

WITH hours AS (
  SELECT
    user_id,
    date_trunc('hour', from_iso8601_timestamp(ts)) AS hour_start,
    count(*) AS requests,
    sum(duration_ms) AS duration_ms
  FROM app_logs
  WHERE {{window app_logs back=history}}
    AND user_id IS NOT NULL
    AND http_path IS NOT NULL
    AND ({{service}} = '' OR service = {{service}})
  GROUP BY user_id, date_trunc('hour', from_iso8601_timestamp(ts))
),
days AS (
  SELECT
    user_id,
    date_trunc('day', hour_start) AS day_start,
    count(*) AS active_hours,
    max(requests) AS busiest_hour,
    sum(requests) AS requests,
    sum(duration_ms) AS duration_ms
  FROM hours
  GROUP BY user_id, date_trunc('day', hour_start)
),
users AS (
  SELECT
    user_id,
    sum(requests) AS requests,
    count(*) AS days_active,
    max(active_hours) AS busiest_day_hours,
    max(busiest_hour) AS busiest_hour,
    sum(duration_ms) AS duration_ms
  FROM days
  GROUP BY user_id
)
SELECT
  user_id,
  requests,
  round(1e2 * requests / sum(requests) OVER (), 1) AS share,
  round(
    1e2 * sum(requests) OVER (ORDER BY requests DESC, user_id ROWS UNBOUNDED PRECEDING) / sum(requests) OVER (), 1
  ) AS running_share,
  days_active,
  busiest_day_hours,
  busiest_hour AS most_in_an_hour,
  round(duration_ms / 1e3, 1) AS server_seconds
FROM users
ORDER BY requests DESC, user_id
LIMIT {{limit}}
