-- +++
-- title = "Retention"
-- question = "Of the users first seen on a day, how many come back on the days after?"
-- tables = ["app_logs"]
-- chart = { type = "line", x = "first_day", y = ["day_1_percent", "day_3_percent", "day_7_percent"] }
-- [parameters.history]
-- type = "duration"
-- description = "How far back to look before the window"
-- default = "14d"
-- [parameters.service]
-- type = "string"
-- description = "Only this service; all when it is empty"
-- default = ""
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 60
-- min = 1
-- +++
-- How to read it: a row is the users whose first request in the time looked at was on that day (UTC), with the share of
-- them seen again one, two, three and seven days later. Empty is a day that has not come yet. The first rows hold old
-- users too, whose first visit lies further back than `history`; read the later ones.

WITH days AS (
  SELECT DISTINCT
    user_id,
    date_trunc('day', from_iso8601_timestamp(ts)) AS active_day
  FROM app_logs
  WHERE {{window app_logs back=history}}
    AND user_id IS NOT NULL
    AND ({{service}} = '' OR service = {{service}})
),
ages AS (
  SELECT
    user_id,
    min(active_day) OVER (PARTITION BY user_id) AS first_day,
    date_diff('day', min(active_day) OVER (PARTITION BY user_id), active_day) AS age
  FROM days
),
cohorts AS (
  SELECT
    first_day,
    count_if(age = 0) AS users,
    count_if(age = 1) AS day_1,
    count_if(age = 2) AS day_2,
    count_if(age = 3) AS day_3,
    count_if(age = 7) AS day_7,
    date_diff('day', first_day, {{to}}) AS days_since
  FROM ages
  GROUP BY first_day
)
SELECT
  first_day,
  users,
  if(days_since >= 1, round(1e2 * day_1 / users, 1), NULL) AS day_1_percent,
  if(days_since >= 2, round(1e2 * day_2 / users, 1), NULL) AS day_2_percent,
  if(days_since >= 3, round(1e2 * day_3 / users, 1), NULL) AS day_3_percent,
  if(days_since >= 7, round(1e2 * day_7 / users, 1), NULL) AS day_7_percent
FROM cohorts
ORDER BY first_day
LIMIT {{limit}}
