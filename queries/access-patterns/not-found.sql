-- +++
-- title = "Paths not found"
-- question = "Which paths answer 404, and are they broken links or scanners?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "path", y = ["requests"] }
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
-- How to read it: `probe` marks paths that only scanners ask for; they are noise until there are many (then
-- waf/blocked-by-client). The rest are broken links: many clients asking for the same missing path follow a link of
-- yours, one client alone has a stale bookmark or its own bug.

SELECT
  http_path AS path,
  count(*) AS requests,
  approx_distinct(client_ip) AS clients,
  approx_distinct(user_id) AS users,
  regexp_like(
    lower(http_path), '\.(php|env|git|aspx?|jsp|cgi|bak|sql|ya?ml)\b|wp-|/admin|phpmyadmin|/actuator|\.\./'
  ) AS probe,
  min(from_iso8601_timestamp(ts)) AS first_seen,
  max(from_iso8601_timestamp(ts)) AS last_seen
FROM app_logs
WHERE {{window}}
  AND http_status = 404
  AND http_path IS NOT NULL
  AND ({{service}} = '' OR service = {{service}})
GROUP BY http_path
ORDER BY requests DESC, path
LIMIT {{limit}}
