-- +++
-- title = "Count rules that would block"
-- question = "What would happen if the rules in count mode blocked?"
-- tables = ["waf_logs"]
-- chart = { type = "bar", x = "rule", y = ["would_block"] }
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 20
-- min = 1
-- +++
-- How to read it: rules in count mode, in the web ACL itself (`rule_group` is empty) or overridden within a rule group.
-- `would_block` counts the requests that passed and would not any more. Look at `a_uri` and at the clients: if it is
-- attacks, switch the rule on; if it is your own pages, give it an exception first. Rules that were counted for weeks
-- with no hit can go on right away.

WITH rule_groups AS (
  SELECT
    g.rulegroupid AS rule_group,
    g.nonterminatingmatchingrules AS rules,
    w.action AS taken,
    w.httprequest.clientip AS client_ip,
    w.httprequest.uri AS uri,
    w."timestamp" AS at
  FROM waf_logs w
  CROSS JOIN UNNEST(w.rulegrouplist) AS g
  WHERE {{window waf_logs w}}
),
matches AS (
  SELECT
    '' AS rule_group,
    m.ruleid AS rule,
    w.action AS taken,
    w.httprequest.clientip AS client_ip,
    w.httprequest.uri AS uri,
    w."timestamp" AS at
  FROM waf_logs w
  CROSS JOIN UNNEST(w.nonterminatingmatchingrules) AS m
  WHERE {{window waf_logs w}}
    AND m.action = 'COUNT'
  UNION ALL
  SELECT
    g.rule_group,
    m.ruleid AS rule,
    g.taken,
    g.client_ip,
    g.uri,
    g.at
  FROM rule_groups g
  CROSS JOIN UNNEST(g.rules) AS m
  WHERE m.action = 'COUNT'
)
SELECT
  rule_group,
  rule,
  count(*) AS matched,
  count_if(taken = 'ALLOW') AS would_block,
  approx_distinct(client_ip) FILTER (WHERE taken = 'ALLOW') AS clients,
  approx_distinct(uri) FILTER (WHERE taken = 'ALLOW') AS uris,
  max(uri) FILTER (WHERE taken = 'ALLOW') AS a_uri,
  max(from_unixtime(at / 1e3)) AS last_seen
FROM matches
GROUP BY rule_group, rule
ORDER BY would_block DESC, matched DESC, rule_group, rule
LIMIT {{limit}}
