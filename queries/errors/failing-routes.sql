-- +++
-- title = "Routes that fail"
-- question = "Which routes answer with 5xx, and which share of their requests does it hit?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "route", y = ["server_errors"] }
-- [parameters.service]
-- type = "string"
-- description = "Only this service; all when it is empty"
-- default = ""
-- [parameters.min_requests]
-- type = "integer"
-- description = "Routes with fewer requests are left out"
-- default = 10
-- min = 1
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 20
-- min = 1
-- +++
-- How to read it: access lines by route, ids in paths masked. `percent` is the number to alarm on, `server_errors` the
-- number to explain. A route that fails always is broken; one that fails in part depends on the input, on one target or
-- on time: go on with errors/top-fingerprints and alb/errors-by-target.

WITH requests AS (
  SELECT
    service,
    http_method,
    regexp_replace(http_path, '/([0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[0-9a-fA-F]{16,}|[0-9]+)\b', '/{id}') AS route,
    http_status,
    user_id,
    ts
  FROM app_logs
  WHERE {{window}}
    AND http_path IS NOT NULL
    AND http_status IS NOT NULL
    AND ({{service}} = '' OR service = {{service}})
)
SELECT
  service,
  http_method AS method,
  route,
  count(*) AS requests,
  count_if(http_status >= 500) AS server_errors,
  round(1e2 * count_if(http_status >= 500) / count(*), 2) AS percent,
  approx_distinct(user_id) FILTER (WHERE http_status >= 500) AS users_hit,
  max(from_iso8601_timestamp(ts)) FILTER (WHERE http_status >= 500) AS last_seen
FROM requests
GROUP BY service, http_method, route
HAVING count(*) >= {{min_requests}}
  AND count_if(http_status >= 500) > 0
ORDER BY server_errors DESC, percent DESC, service, route, method
LIMIT {{limit}}
