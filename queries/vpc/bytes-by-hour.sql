-- +++
-- title = "Bytes and rejects by hour"
-- question = "Did the traffic of the network change, and does the log itself have holes?"
-- tables = ["vpc_flow_logs"]
-- chart = { type = "line", x = "hour", y = ["egress_gigabytes", "ingress_gigabytes"] }
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 1000
-- min = 1
-- +++
-- How to read it: a step in egress without one in requests is a backup, a new dependency, or data leaving. `skipped`
-- (SKIPDATA) above zero means that the log is not complete at that hour, `interfaces` falling that tasks went away.

SELECT
  date_trunc('hour', from_unixtime("start")) AS hour,
  count_if(action = 'ACCEPT') AS accepted,
  count_if(action = 'REJECT') AS rejected,
  count_if(log_status = 'SKIPDATA') AS skipped,
  approx_distinct(interface_id) AS interfaces,
  round(coalesce(sum(if(flow_direction = 'egress' AND action = 'ACCEPT', bytes)), 0) / 1e9, 4) AS egress_gigabytes,
  round(coalesce(sum(if(flow_direction = 'ingress' AND action = 'ACCEPT', bytes)), 0) / 1e9, 4) AS ingress_gigabytes
FROM vpc_flow_logs
WHERE {{window}}
GROUP BY date_trunc('hour', from_unixtime("start"))
ORDER BY 1
LIMIT {{limit}}
