-- +++
-- title = "Clients of the load balancer"
-- question = "Which addresses and programs ask most, and how much data do they take?"
-- tables = ["alb_access_logs"]
-- chart = { type = "bar", x = "client_ip", y = ["requests"] }
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 20
-- min = 1
-- +++
-- How to read it: all requests that reached the balancer, those that no application saw included. A high
-- `denied_percent` (4xx) with few paths is a scanner; a high `megabytes_sent` is a scraper or a download worth a CDN.
-- HTTP/1.1 with an odd `a_user_agent` is seldom a browser.

SELECT
  client_ip,
  count(*) AS requests,
  round(6e1 * count(*) / {{seconds}}, 2) AS per_minute,
  count(DISTINCT regexp_extract(request_url, '^[a-z]+://[^/]+(/[^?#]*)', 1)) AS paths,
  round(1e2 * count_if(elb_status_code BETWEEN 400 AND 499) / count(*), 1) AS denied_percent,
  round(1e2 * count_if(elb_status_code >= 500) / count(*), 1) AS error_percent,
  round(sum(sent_bytes) / 1e6, 2) AS megabytes_sent,
  substr(max(user_agent), 1, 80) AS a_user_agent
FROM alb_access_logs
WHERE {{window}}
GROUP BY client_ip
ORDER BY requests DESC, client_ip
LIMIT {{limit}}
