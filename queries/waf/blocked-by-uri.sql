-- +++
-- title = "Blocked URIs"
-- question = "Which URIs are blocked by which rule: attacks, or our own pages?"
-- tables = ["waf_logs"]
-- chart = { type = "bar", x = "uri", y = ["blocked"] }
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 30
-- min = 1
-- +++
-- How to read it: a URI of your own application that is blocked for many clients is a false positive: put the rule into
-- count mode for it. `allowed` is how often the same URI passed in the same window; zero there means that nobody gets
-- through, or that only attackers ask for it.

WITH requests AS (
  SELECT
    httprequest.uri AS uri,
    httprequest.httpmethod AS method,
    httprequest.clientip AS client_ip,
    httprequest.args AS args,
    action,
    terminatingruleid AS rule
  FROM waf_logs
  WHERE {{window}}
),
counted AS (
  SELECT
    uri,
    method,
    client_ip,
    args,
    action,
    rule,
    sum(if(action = 'ALLOW', 1, 0)) OVER (PARTITION BY uri, method) AS allowed
  FROM requests
)
SELECT
  uri,
  method,
  rule,
  count(*) AS blocked,
  max(allowed) AS allowed,
  approx_distinct(client_ip) AS clients,
  substr(max(args), 1, 80) AS an_argument
FROM counted
WHERE action = 'BLOCK'
GROUP BY uri, method, rule
ORDER BY blocked DESC, uri, method, rule
LIMIT {{limit}}
