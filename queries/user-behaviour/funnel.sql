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
-- them loses users to bugs, not to doubt. A step that nobody asked for has no row.

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
-- the time of each user's first success at a step, which must come after the first success at the step above
first_step AS (
  SELECT
    user_id,
    step,
    success,
    ts,
    min(if(step = 1 AND success, ts)) OVER (PARTITION BY user_id) AS t1
  FROM hits
  WHERE step IS NOT NULL
),
second_step AS (
  SELECT
    user_id,
    step,
    success,
    ts,
    t1,
    min(if(step = 2 AND success AND ts > t1, ts)) OVER (PARTITION BY user_id) AS t2
  FROM first_step
),
third_step AS (
  SELECT
    user_id,
    step,
    success,
    ts,
    t1,
    t2,
    min(if(step = 3 AND success AND ts > t2, ts)) OVER (PARTITION BY user_id) AS t3
  FROM second_step
),
last_step AS (
  SELECT
    user_id,
    step,
    success,
    t1,
    t2,
    t3,
    min(if(step = 4 AND success AND ts > t3, ts)) OVER (PARTITION BY user_id) AS t4
  FROM third_step
),
depths AS (
  SELECT
    user_id,
    step,
    success,
    CASE
      WHEN t4 IS NOT NULL THEN 4
      WHEN t3 IS NOT NULL THEN 3
      WHEN t2 IS NOT NULL THEN 2
      WHEN t1 IS NOT NULL THEN 1
      ELSE 0
    END AS depth
  FROM last_step
),
steps AS (
  SELECT
    step,
    count(DISTINCT if(depth >= step, user_id)) AS users,
    count(DISTINCT if(NOT success, user_id)) AS failed_users
  FROM depths
  GROUP BY step
)
SELECT
  step AS number,
  CASE step WHEN 1 THEN {{step1}} WHEN 2 THEN {{step2}} WHEN 3 THEN {{step3}} ELSE {{step4}} END AS step,
  users,
  round(1e2 * users / nullif(lag(users) OVER (ORDER BY step), 0), 1) AS of_previous,
  round(1e2 * users / nullif(first_value(users) OVER (ORDER BY step), 0), 1) AS of_first,
  failed_users
FROM steps
ORDER BY number
