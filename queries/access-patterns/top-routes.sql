-- +++
-- title = "Most requested routes"
-- question = "Which routes get the traffic, from how many callers?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "route", y = ["requests"] }
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
-- How to read it: `share` is a route's part of all requests in percent, `clients` and `users` are estimates (within a
-- few percent). Many requests from one client are a poller or a scraper; a route with `users` 0 is either public or
-- does not log the user. A health check among the top rows is normal, and worth leaving out of the access log.

SELECT
  http_method AS method,
  regexp_replace(http_path, '/([0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[0-9a-fA-F]{16,}|[0-9]+)\b', '/{id}') AS route,
  count(*) AS requests,
  round(1e2 * count(*) / sum(count(*)) OVER (), 1) AS share,
  round(6e1 * count(*) / {{seconds}}, 2) AS per_minute,
  approx_distinct(client_ip) AS clients,
  approx_distinct(user_id) AS users,
  count_if(http_status BETWEEN 400 AND 499) AS client_errors,
  count_if(http_status >= 500) AS server_errors
FROM app_logs
WHERE {{window}}
  AND http_path IS NOT NULL
  AND ({{service}} = '' OR service = {{service}})
GROUP BY
  http_method,
  regexp_replace(http_path, '/([0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[0-9a-fA-F]{16,}|[0-9]+)\b', '/{id}')
ORDER BY requests DESC, route, method
LIMIT {{limit}}
