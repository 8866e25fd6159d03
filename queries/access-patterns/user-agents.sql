-- +++
-- title = "Browsers, apps and bots"
-- question = "What kinds of client call, and which of them fail more than others?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "kind", y = ["requests"] }
-- [parameters.agent_path]
-- type = "string"
-- description = "Where attrs holds the user agent"
-- default = "$.user_agent"
-- [parameters.service]
-- type = "string"
-- description = "Only this service; all when it is empty"
-- default = ""
-- +++
-- How to read it: user agents in coarse kinds. One kind with a `server_error_percent` of its own points at a bug of one
-- client, most often after its update. Much traffic of bots and tools at little value is a case for robots.txt, caching
-- or the WAF.

WITH requests AS (
  SELECT
    lower(json_extract_scalar(attrs, {{agent_path}})) AS agent,
    http_status,
    client_ip,
    user_id,
    duration_ms
  FROM app_logs
  WHERE {{window}}
    AND http_path IS NOT NULL
    AND ({{service}} = '' OR service = {{service}})
),
kinds AS (
  SELECT
    -- the order matters: bots and apps call themselves Mozilla, Chrome calls itself Safari
    CASE
      WHEN agent IS NULL THEN 'none given'
      WHEN regexp_like(agent, 'bot|crawl|spider|slurp') THEN 'bot'
      WHEN regexp_like(agent, 'healthchecker|kube-probe') THEN 'health check'
      WHEN regexp_like(agent, '^(curl|wget|python|go-http|okhttp|java|axios|node|postman)') THEN 'tool or library'
      WHEN strpos(agent, 'edg/') > 0 THEN 'Edge'
      WHEN strpos(agent, 'firefox/') > 0 THEN 'Firefox'
      WHEN strpos(agent, 'chrome/') > 0 THEN 'Chrome'
      WHEN strpos(agent, 'safari/') > 0 THEN 'Safari'
      WHEN regexp_like(agent, 'iphone|ipad|ios|android') THEN 'mobile app'
      ELSE 'other'
    END AS kind,
    http_status,
    client_ip,
    user_id,
    duration_ms
  FROM requests
)
SELECT
  kind,
  count(*) AS requests,
  round(1e2 * count(*) / sum(count(*)) OVER (), 1) AS share,
  approx_distinct(client_ip) AS clients,
  approx_distinct(user_id) AS users,
  round(1e2 * count_if(http_status BETWEEN 400 AND 499) / count(*), 2) AS client_error_percent,
  round(1e2 * count_if(http_status >= 500) / count(*), 2) AS server_error_percent,
  round(approx_percentile(duration_ms, 0.95), 1) AS p95_ms
FROM kinds
GROUP BY kind
ORDER BY requests DESC, kind
