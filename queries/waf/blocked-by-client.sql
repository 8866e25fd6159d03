-- +++
-- title = "Blocked clients"
-- question = "Which addresses are blocked most, and do they get through with other requests?"
-- tables = ["waf_logs"]
-- chart = { type = "bar", x = "client_ip", y = ["blocked", "allowed"] }
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 20
-- min = 1
-- +++
-- How to read it: an address with hundreds blocked and a few allowed is an attacker who is still trying: block it by an
-- IP set or a rate rule. One with many allowed and a few blocked is a customer who meets a false positive.
-- `fingerprints` (JA4) of 1 over many addresses is one program behind all of them.

SELECT
  httprequest.clientip AS client_ip,
  max(httprequest.country) AS country,
  count_if(action = 'BLOCK') AS blocked,
  count_if(action = 'ALLOW') AS allowed,
  count(DISTINCT if(action = 'BLOCK', terminatingruleid)) AS rules,
  count(DISTINCT httprequest.uri) AS uris,
  count(DISTINCT ja4fingerprint) AS fingerprints,
  min(from_unixtime("timestamp" / 1e3)) FILTER (WHERE action = 'BLOCK') AS first_blocked,
  max(from_unixtime("timestamp" / 1e3)) FILTER (WHERE action = 'BLOCK') AS last_blocked
FROM waf_logs
WHERE {{window}}
GROUP BY httprequest.clientip
HAVING count_if(action = 'BLOCK') > 0
ORDER BY blocked DESC, client_ip
LIMIT {{limit}}
