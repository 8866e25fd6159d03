-- +++
-- title = "Flows by ECS service"
-- question = "Which ECS services send how much, and by which way does it leave?"
-- tables = ["vpc_flow_logs"]
-- chart = { type = "bar", x = "service", y = ["gigabytes"], series = "way" }
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 30
-- min = 1
-- +++
-- How to read it: bytes that the tasks of a service sent, by the path they took. `internet gateway` to an AWS service
-- (column `aws_service`) is often money lost: S3 and DynamoDB have free gateway endpoints. What goes to a NAT gateway
-- leaves the task `inside the VPC`; the gateway's own flows are in the row without a service. The columns of ECS are
-- filled only for subscriptions with the fields of version 7; without them all is `(no ECS service)`.

SELECT
  coalesce(nullif(ecs_cluster_name, '-'), '(none)') AS cluster,
  coalesce(nullif(ecs_service_name, '-'), '(no ECS service)') AS service,
  CASE
    WHEN traffic_path = 1 THEN 'inside the VPC'
    WHEN traffic_path IN (2, 8) THEN 'internet gateway'
    WHEN traffic_path = 7 THEN 'gateway endpoint'
    WHEN traffic_path IN (4, 5) THEN 'peering'
    WHEN traffic_path = 3 THEN 'private gateway'
    WHEN traffic_path = 6 THEN 'local gateway'
    ELSE 'unknown'
  END AS way,
  coalesce(nullif(pkt_dst_aws_service, '-'), '(not AWS)') AS aws_service,
  count(*) AS flows,
  approx_distinct(ecs_task_id) AS tasks,
  approx_distinct(pkt_dstaddr) AS destinations,
  round(sum(bytes) / 1e9, 4) AS gigabytes
FROM vpc_flow_logs
WHERE {{window}}
  AND action = 'ACCEPT'
  AND flow_direction = 'egress'
GROUP BY 1, 2, 3, 4
ORDER BY sum(bytes) DESC, cluster, service, way, aws_service
LIMIT {{limit}}
