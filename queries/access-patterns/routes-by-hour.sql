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
hours AS (
  SELECT
    hour_start,
    route,
    count(*) AS requests,
    count_if(http_status >= 500) AS server_errors,
    sum(count(*)) OVER (PARTITION BY route) AS total
  FROM requests
  GROUP BY hour_start, route
),
ranked AS (
  SELECT
    hour_start,
    route,
    requests,
    server_errors,
    dense_rank() OVER (ORDER BY total DESC, route) AS place
  FROM hours
)
SELECT
  hour_start AS hour,
  route,
  requests,
  server_errors
FROM ranked
WHERE place <= {{routes}}
ORDER BY hour_start, route
LIMIT {{limit}}
