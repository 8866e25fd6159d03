-- +++
-- title = "Funnel"
-- question = "How many users go from one step to the next, and where do they stop?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "step", y = ["users"] }
-- [parameters.step1]
-- type = "string"
-- description = "Path of the first step: everything that begins with it"
-- default = "/products"
-- [parameters.step2]
-- type = "string"
-- description = "Path of the second step"
-- default = "/cart"
-- [parameters.step3]
-- type = "string"
-- description = "Path of the third step"
-- default = "/checkout"
-- [parameters.step4]
-- type = "string"
-- description = "Path of the last step"
-- default = "/orders"
-- [parameters.history]
-- type = "duration"
-- description = "How far back to look before the window"
-- default = "7d"
-- [parameters.service]
-- type = "string"
-- description = "Only this service; all when it is empty"
-- default = ""
-- +++
-- How to read it: users who did the steps in this order and with success (a status below 400), each after the one
-- before it; first times count. `of_previous` is the share of the users of the step above that went on: the lowest is
-- where to look. Compare it with `failed_users`, those whose attempts at the step got an error: a step with many of
-- them loses users to bugs, not to doubt.

WITH hits AS (
  SELECT
    user_id,
    CASE
      WHEN strpos(http_path, {{step1}}) = 1 THEN 1
      WHEN strpos(http_path, {{step2}}) = 1 THEN 2
      WHEN strpos(http_path, {{step3}}) = 1 THEN 3
      WHEN strpos(http_path, {{step4}}) = 1 THEN 4
    END AS step,
    http_status < 400 AS success,
    ts
  FROM app_logs
  WHERE {{window app_logs back=history}}
    AND user_id IS NOT NULL
    AND http_status IS NOT NULL
    AND ({{service}} = '' OR service = {{service}})
),
first_step AS (
  SELECT user_id, min(ts) AS t1
  FROM hits
  WHERE step = 1 AND success
  GROUP BY user_id
),
second_step AS (
  SELECT h.user_id, min(h.ts) AS t2
  FROM hits h
  JOIN first_step f ON f.user_id = h.user_id AND h.ts > f.t1
  WHERE h.step = 2 AND h.success
  GROUP BY h.user_id
),
third_step AS (
  SELECT h.user_id, min(h.ts) AS t3
  FROM hits h
  JOIN second_step s ON s.user_id = h.user_id AND h.ts > s.t2
  WHERE h.step = 3 AND h.success
  GROUP BY h.user_id
),
last_step AS (
  SELECT h.user_id, min(h.ts) AS t4
  FROM hits h
  JOIN third_step t ON t.user_id = h.user_id AND h.ts > t.t3
  WHERE h.step = 4 AND h.success
  GROUP BY h.user_id
),
steps AS (
  SELECT 1 AS number, {{step1}} AS step, count(*) AS users FROM first_step
  UNION ALL
  SELECT 2 AS number, {{step2}} AS step, count(*) AS users FROM second_step
  UNION ALL
  SELECT 3 AS number, {{step3}} AS step, count(*) AS users FROM third_step
  UNION ALL
  SELECT 4 AS number, {{step4}} AS step, count(*) AS users FROM last_step
),
failed AS (
  SELECT step AS number, count(DISTINCT user_id) AS users
  FROM hits
  WHERE NOT success AND step IS NOT NULL
  GROUP BY step
)
SELECT
  s.number,
  s.step,
  s.users,
  round(1e2 * s.users / nullif(lag(s.users) OVER (ORDER BY s.number), 0), 1) AS of_previous,
  round(1e2 * s.users / nullif(first_value(s.users) OVER (ORDER BY s.number), 0), 1) AS of_first,
  coalesce(f.users, 0) AS failed_users
FROM steps s
LEFT JOIN failed f ON f.number = s.number
ORDER BY s.number
