-- +++
-- title = "Clients by address"
-- question = "Which addresses send the most requests, and do they behave like people?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "client_ip", y = ["requests"] }
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
-- How to read it: people ask for a handful of routes, a few times a minute, and seldom get 4xx. Hundreds of requests a
-- minute at the peak, one route only or mostly 404 is a script or a scanner: rate-limit or block it at the WAF
-- (waf/blocked-by-client). One address with many users is an office or a carrier, and not to be blocked.

WITH requests AS (
  SELECT
    client_ip,
    date_trunc('minute', from_iso8601_timestamp(ts)) AS minute_start,
    regexp_replace(http_path, '/([0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[0-9a-fA-F]{16,}|[0-9]+)\b', '/{id}') AS route,
    http_status,
    user_id,
    json_extract_scalar(attrs, '$.user_agent') AS user_agent
  FROM app_logs
  WHERE {{window}}
    AND http_path IS NOT NULL
    AND client_ip IS NOT NULL
    AND ({{service}} = '' OR service = {{service}})
),
counted AS (
  SELECT
    client_ip,
    minute_start,
    route,
    http_status,
    user_id,
    user_agent,
    count(*) OVER (PARTITION BY client_ip, minute_start) AS in_minute
  FROM requests
)
SELECT
  client_ip,
  count(*) AS requests,
  max(in_minute) AS peak_per_minute,
  count(DISTINCT minute_start) AS active_minutes,
  count(DISTINCT route) AS routes,
  approx_distinct(user_id) AS users,
  round(1e2 * count_if(http_status BETWEEN 400 AND 499) / count(*), 1) AS client_error_percent,
  substr(max(user_agent), 1, 80) AS a_user_agent
FROM counted
GROUP BY client_ip
ORDER BY requests DESC, client_ip
LIMIT {{limit}}
