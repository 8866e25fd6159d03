-- +++
-- title = "Requests by rule"
-- question = "Which rules block, challenge or let through how much?"
-- tables = ["waf_logs"]
-- chart = { type = "bar", x = "rule", y = ["requests"], series = "action" }
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 20
-- min = 1
-- +++
-- How to read it: a row is a rule that ended the evaluation, `Default_Action` what no rule wanted. A rule that blocks
-- many clients of few requests each may well block people: look at their URIs with waf/blocked-by-uri. One that never
-- shows up here is either not needed or stands behind another that acts first.

SELECT
  terminatingruleid AS rule,
  terminatingruletype AS type,
  action,
  count(*) AS requests,
  round(1e2 * count(*) / sum(count(*)) OVER (), 1) AS share,
  approx_distinct(httprequest.clientip) AS clients,
  approx_distinct(httprequest.uri) AS uris,
  min(from_unixtime("timestamp" / 1e3)) AS first_seen,
  max(from_unixtime("timestamp" / 1e3)) AS last_seen
FROM waf_logs
WHERE {{window}}
GROUP BY terminatingruleid, terminatingruletype, action
ORDER BY requests DESC, rule, type, action
LIMIT {{limit}}
