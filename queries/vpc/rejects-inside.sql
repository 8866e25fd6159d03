-- +++
-- title = "Rejects between our own addresses"
-- question = "Which of our own machines may not talk to which, and who are they?"
-- tables = ["vpc_flow_logs"]
-- chart = { type = "bar", x = "port", y = ["flows"] }
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 20
-- min = 1
-- +++
-- How to read it: every row is a connection that something of yours wants and a security group or network ACL refuses;
-- the answer should be empty. `service` is the ECS service at the interface that logged the flow. `reject_reason` BPA
-- is block public access, empty a security group or ACL. First seen with a deploy: the deploy forgot a rule.

SELECT
  srcaddr AS source,
  dstaddr AS destination,
  dstport AS port,
  nullif(max(ecs_service_name), '-') AS service,
  max(subnet_id) AS subnet,
  flow_direction AS direction,
  nullif(max(reject_reason), '-') AS reject_reason,
  count(*) AS flows,
  min(from_unixtime("start")) AS first_seen,
  max(from_unixtime("end")) AS last_seen
FROM vpc_flow_logs
WHERE {{window}}
  AND action = 'REJECT'
  AND regexp_like(srcaddr, '^(10\.|192\.168\.|172\.(1[6-9]|2[0-9]|3[01])\.)')
  AND regexp_like(dstaddr, '^(10\.|192\.168\.|172\.(1[6-9]|2[0-9]|3[01])\.)')
GROUP BY srcaddr, dstaddr, dstport, flow_direction
ORDER BY flows DESC, source, destination, port, direction
LIMIT {{limit}}
