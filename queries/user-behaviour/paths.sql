-- +++
-- title = "What users do next"
-- question = "After which route do users ask for which, and how long do they take?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "next_route", y = ["times"] }
-- [parameters.after]
-- type = "string"
-- description = "Only what follows this route"
-- default = ""
-- [parameters.pause]
-- type = "duration"
-- description = "A longer pause ends the session"
-- default = "30m"
-- [parameters.service]
-- type = "string"
-- description = "Only this service; all when it is empty"
-- default = ""
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 30
-- min = 1
-- +++
-- How to read it: pairs of consecutive requests of a user within a session. `share` is the part of all that follows the
-- first route in percent, with `(end)` for sessions that end there: high on a page of the checkout means lost orders. A
-- route followed by itself within a second or two is a retry or a double click.

WITH requests AS (
  SELECT
    user_id,
    ts,
    regexp_replace(http_path, '/([0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[0-9a-fA-F]{16,}|[0-9]+)\b', '/{id}') AS route,
    http_method,
    http_status
  FROM app_logs
  WHERE {{window}}
    AND user_id IS NOT NULL
    AND http_path IS NOT NULL
    AND ({{service}} = '' OR service = {{service}})
),
steps AS (
  SELECT
    http_method || ' ' || route AS route,
    lead(http_method || ' ' || route) OVER (PARTITION BY user_id ORDER BY ts, http_method, route, http_status) AS next_route,
    date_diff(
      'second',
      from_iso8601_timestamp(ts),
      lead(from_iso8601_timestamp(ts)) OVER (PARTITION BY user_id ORDER BY ts, http_method, route, http_status)
    ) AS seconds
  FROM requests
),
pairs AS (
  SELECT
    route,
    if(seconds <= {{pause}}, next_route, '(end)') AS next_route,
    if(seconds <= {{pause}}, seconds, NULL) AS seconds
  FROM steps
)
SELECT
  route,
  next_route,
  count(*) AS times,
  round(1e2 * count(*) / sum(count(*)) OVER (PARTITION BY route), 1) AS share,
  approx_percentile(seconds, 0.5) AS median_seconds
FROM pairs
WHERE {{after}} = '' OR route = {{after}}
GROUP BY route, next_route
ORDER BY times DESC, route, next_route
LIMIT {{limit}}
