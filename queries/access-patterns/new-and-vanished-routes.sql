-- +++
-- title = "New and vanished routes"
-- question = "Which routes are called for the first time, and which are called no longer?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "route", y = ["requests_now", "requests_before"] }
-- [parameters.history]
-- type = "duration"
-- description = "What to compare the window with"
-- default = "7d"
-- [parameters.min_requests]
-- type = "integer"
-- description = "Routes with fewer requests in all are left out"
-- default = 5
-- min = 1
-- [parameters.service]
-- type = "string"
-- description = "Only this service; all when it is empty"
-- default = ""
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 50
-- min = 1
-- +++
-- How to read it: a new route with status 404 is a scanner or a broken link, one with 2xx came with a release. A
-- vanished route that had steady traffic lost its caller, often through a deploy of the client: check that this was
-- meant. Before an endpoint is taken away, it should have stood among the vanished for weeks.

WITH requests AS (
  SELECT
    http_method,
    regexp_replace(http_path, '/([0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[0-9a-fA-F]{16,}|[0-9]+)\b', '/{id}') AS route,
    from_iso8601_timestamp(ts) AS at,
    http_status,
    client_ip
  FROM app_logs
  WHERE {{window app_logs back=history}}
    AND http_path IS NOT NULL
    AND ({{service}} = '' OR service = {{service}})
)
SELECT
  if(count_if(at >= {{from}}) = 0, 'vanished', 'new') AS change,
  http_method AS method,
  route,
  count_if(at < {{from}}) AS requests_before,
  count_if(at >= {{from}}) AS requests_now,
  min(at) AS first_seen,
  max(at) AS last_seen,
  approx_distinct(client_ip) AS clients,
  round(1e2 * count_if(http_status < 400) / count(*), 1) AS success_percent
FROM requests
GROUP BY http_method, route
HAVING count(*) >= {{min_requests}}
  AND (count_if(at >= {{from}}) = 0 OR count_if(at < {{from}}) = 0)
ORDER BY change, count(*) DESC, route, method
LIMIT {{limit}}
