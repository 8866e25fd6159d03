-- +++
-- title = "Most frequent errors"
-- question = "Which errors, told apart by fingerprint, make up most of the failures?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "fingerprint", y = ["errors"] }
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
-- How to read it: a fingerprint is the message with its variable parts masked, so one row is one bug. `share` is its part
-- of all errors in percent, `users` and `requests` tell how far it reaches (empty logs of ids give 0). The usual picture
-- is that two or three rows are most of the total: fix those, then look again.

SELECT
  fingerprint,
  service,
  count(*) AS errors,
  round(1e2 * count(*) / sum(count(*)) OVER (), 1) AS share,
  approx_distinct(user_id) AS users,
  approx_distinct(request_id) AS requests,
  min(from_iso8601_timestamp(ts)) AS first_seen,
  max(from_iso8601_timestamp(ts)) AS last_seen,
  max(error_type) AS error_type,
  substr(max_by(message, ts || message), 1, 200) AS latest_message
FROM app_logs
WHERE {{window}}
  AND level IN ('error', 'fatal')
  AND ({{service}} = '' OR service = {{service}})
GROUP BY fingerprint, service
ORDER BY errors DESC, fingerprint, service
LIMIT {{limit}}
