-- +++
-- title = "Blocked requests over time"
-- question = "When were we attacked, and how much of it came through?"
-- tables = ["waf_logs"]
-- chart = { type = "line", x = "bucket", y = ["blocked", "allowed"] }
-- [parameters.bucket]
-- type = "choice"
-- description = "Length of a step"
-- default = "minute"
-- values = ["minute", "hour", "day"]
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 1440
-- min = 1
-- +++
-- How to read it: a peak of `blocked` with a level `allowed` is an attack that the rules hold. When `allowed` rises
-- with it, part of the attack gets through: find what those requests share (waf/by-country, waf/blocked-by-client) and
-- add a rate rule. The latest steps come first.

SELECT
  date_trunc({{bucket}}, from_unixtime("timestamp" / 1e3)) AS bucket,
  count_if(action = 'BLOCK') AS blocked,
  count_if(action = 'ALLOW') AS allowed,
  count_if(action NOT IN ('BLOCK', 'ALLOW')) AS challenged,
  approx_distinct(if(action = 'BLOCK', httprequest.clientip)) AS blocked_clients
FROM waf_logs
WHERE {{window}}
GROUP BY date_trunc({{bucket}}, from_unixtime("timestamp" / 1e3))
ORDER BY bucket DESC
LIMIT {{limit}}
