-- +++
-- title = "Rejects by port"
-- question = "What is turned away at which ports: scanners from outside, or a security group that is too tight?"
-- tables = ["vpc_flow_logs"]
-- chart = { type = "bar", x = "port", y = ["flows"] }
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 20
-- min = 1
-- +++
-- How to read it: `inside` counts rejects between private addresses. Many sources from outside at 22, 23, 445 or 3389
-- is the noise of the internet, and works as meant. Rejects from inside to a port of yours (5432, 6379, 8080) are a
-- missing rule of a security group: vpc/rejects-inside names both ends.

SELECT
  dstport AS port,
  CASE protocol WHEN 1 THEN 'icmp' WHEN 6 THEN 'tcp' WHEN 17 THEN 'udp' ELSE CAST(protocol AS varchar) END AS protocol,
  count(*) AS flows,
  sum(packets) AS packets,
  approx_distinct(srcaddr) AS sources,
  approx_distinct(dstaddr) AS targets,
  count_if(regexp_like(srcaddr, '^(10\.|192\.168\.|172\.(1[6-9]|2[0-9]|3[01])\.)')) AS inside,
  max_by(srcaddr, CAST("start" AS varchar) || srcaddr) AS latest_source,
  max(from_unixtime("start")) AS last_seen
FROM vpc_flow_logs
WHERE {{window}}
  AND action = 'REJECT'
GROUP BY dstport, protocol
ORDER BY flows DESC, port, protocol
LIMIT {{limit}}
