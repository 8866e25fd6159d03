-- +++
-- title = "Requests by country"
-- question = "From which countries do requests come, and how many of them are blocked?"
-- tables = ["waf_logs"]
-- chart = { type = "bar", x = "country", y = ["allowed", "blocked"] }
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 20
-- min = 1
-- +++
-- How to read it: countries by what the address says; `-` is unknown. A country you have no customers in with a high
-- `blocked_percent` is a candidate for a geographic rule, in count mode first. A sudden rise of allowed requests from
-- one country with few clients is a botnet that the rules do not know yet.

SELECT
  httprequest.country AS country,
  count(*) AS requests,
  count_if(action = 'ALLOW') AS allowed,
  count_if(action = 'BLOCK') AS blocked,
  count_if(action IN ('CAPTCHA', 'CHALLENGE')) AS challenged,
  round(1e2 * count_if(action = 'BLOCK') / count(*), 1) AS blocked_percent,
  approx_distinct(httprequest.clientip) AS clients
FROM waf_logs
WHERE {{window}}
GROUP BY httprequest.country
ORDER BY requests DESC, country
LIMIT {{limit}}
