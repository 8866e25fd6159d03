-- +++
-- title = "Routes by hour"
-- question = "How much traffic does each route get, hour by hour?"
-- tables = ["app_logs"]
-- chart = { type = "line", x = "hour", y = ["requests"], series = "route" }
-- [parameters.service]
-- type = "string"
-- description = "Only this service; all when it is empty"
-- default = ""
-- [parameters.routes]
-- type = "integer"
-- description = "Only so many routes, the busiest of the window"
-- default = 8
-- min = 1
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 1000
-- min = 1
-- +++
-- How to read it: requests by hour of the busiest routes, ids in paths masked. Routes that follow each other's curve
-- are used together; one that runs flat through the night is called by machines (health checks, pollers, crawlers); one
-- that ends in the middle of the window lost its caller.

WITH requests AS (
  SELECT
    date_trunc('hour', from_iso8601_timestamp(ts)) AS hour_start,
    regexp_replace(http_path, '/([0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[0-9a-fA-F]{16,}|[0-9]+)\b', '/{id}') AS route,
    http_status
  FROM app_logs
  WHERE {{window}}
    AND http_path IS NOT NULL
    AND ({{service}} = '' OR service = {{service}})
),
busiest AS (
  SELECT
    route,
    count(*) AS total
  FROM requests
  GROUP BY route
  ORDER BY total DESC, route
  LIMIT {{routes}}
)
SELECT
  r.hour_start AS hour,
  r.route,
  count(*) AS requests,
  count_if(r.http_status >= 500) AS server_errors
FROM requests r
JOIN busiest b ON b.route = r.route
GROUP BY r.hour_start, r.route
ORDER BY r.hour_start, r.route
LIMIT {{limit}}
