-- +++
-- title = "Errors before and after a deploy"
-- question = "Which errors did a deploy bring, make worse, or cure?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "fingerprint", y = ["before_per_hour", "after_per_hour"] }
-- [parameters.at]
-- type = "timestamp"
-- description = "When the deploy went live; inside the window"
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
-- How to read it: rates an hour on both sides of the deploy, so the sides need not be equally long. `verdict` is new, gone,
-- worse (more than double), better (less than half) or same. Look at `new` first; `worse` with few errors in all is
-- noise. If `new` rows dominate and their rate is high, roll back and read the stacks afterwards.

WITH sides AS (
  SELECT
    fingerprint,
    service,
    count_if(from_iso8601_timestamp(ts) < {{at}}) AS before_errors,
    count_if(from_iso8601_timestamp(ts) >= {{at}}) AS after_errors,
    substr(max_by(message, ts || message), 1, 200) AS latest_message
  FROM app_logs
  WHERE {{window}}
    AND level IN ('error', 'fatal')
    AND ({{service}} = '' OR service = {{service}})
  GROUP BY fingerprint, service
),
rates AS (
  SELECT
    fingerprint,
    service,
    before_errors,
    after_errors,
    -- at least a second on either side, whatever time was given
    36e2 * before_errors / greatest(date_diff('second', {{from}}, {{at}}), 1) AS before_rate,
    36e2 * after_errors / greatest(date_diff('second', {{at}}, {{to}}), 1) AS after_rate,
    latest_message
  FROM sides
)
SELECT
  CASE
    WHEN before_errors = 0 THEN 'new'
    WHEN after_errors = 0 THEN 'gone'
    WHEN after_rate > 2 * before_rate THEN 'worse'
    WHEN after_rate < 0.5 * before_rate THEN 'better'
    ELSE 'same'
  END AS verdict,
  fingerprint,
  service,
  before_errors,
  after_errors,
  round(before_rate, 2) AS before_per_hour,
  round(after_rate, 2) AS after_per_hour,
  latest_message
FROM rates
ORDER BY abs(after_rate - before_rate) DESC, fingerprint, service
LIMIT {{limit}}
