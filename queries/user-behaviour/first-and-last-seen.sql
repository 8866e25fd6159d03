-- +++
-- title = "First and last seen"
-- question = "When did a user first and last appear, and what did they do last?"
-- tables = ["app_logs"]
-- chart = { type = "none" }
-- [parameters.user]
-- type = "string"
-- description = "Only this user; all when it is empty"
-- default = ""
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
-- How to read it: the latest users first. `days_active` against the days between first and last tells regulars from
-- visitors; a `last_status` of 4xx or 5xx is the reason why somebody left. Support's first question: give `user` and
-- read one row.

WITH seen AS (
  SELECT
    user_id,
    ts,
    http_method || ' ' || http_path AS request,
    http_status,
    level
  FROM app_logs
  WHERE {{window app_logs back=history}}
    AND user_id IS NOT NULL
    AND ({{user}} = '' OR user_id = {{user}})
    AND ({{service}} = '' OR service = {{service}})
)
SELECT
  user_id,
  min(from_iso8601_timestamp(ts)) AS first_seen,
  max(from_iso8601_timestamp(ts)) AS last_seen,
  count(DISTINCT date_trunc('day', from_iso8601_timestamp(ts))) AS days_active,
  count(request) AS requests,
  count_if(level IN ('error', 'fatal')) AS errors,
  max_by(request, ts || request) AS last_request,
  max_by(http_status, ts || request) AS last_status
FROM seen
GROUP BY user_id
ORDER BY last_seen DESC, user_id
LIMIT {{limit}}
