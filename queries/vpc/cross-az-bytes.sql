-- +++
-- title = "Traffic between availability zones"
-- question = "How much data crosses availability zones, between which, and what does it cost?"
-- tables = ["vpc_flow_logs"]
-- chart = { type = "bar", x = "from_az", y = ["gigabytes"], series = "to_az" }
-- [parameters.price]
-- type = "number"
-- description = "US dollars a GB: 0.01 on either side"
-- default = 0.02
-- min = 0
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 20
-- min = 1
-- +++
-- How to read it: the zone of an address is learnt from the flows that its own interface logged. Rows with two
-- different zones cost money in both directions, `cost` is that of the window. Typical finds are services that ask a
-- database's writer in another zone, and load balancers that spread over zones where each zone has targets of its own.
-- `(elsewhere)` lies outside the VPC.

WITH flows AS (
  SELECT
    pkt_srcaddr,
    pkt_dstaddr,
    srcaddr,
    dstaddr,
    flow_direction,
    az_id,
    bytes
  FROM vpc_flow_logs
  WHERE {{window}}
    AND action = 'ACCEPT'
),
zones AS (
  SELECT
    if(flow_direction = 'egress', srcaddr, dstaddr) AS address,
    max(az_id) AS az_id
  FROM flows
  GROUP BY if(flow_direction = 'egress', srcaddr, dstaddr)
)
SELECT
  f.az_id AS from_az,
  coalesce(z.az_id, '(elsewhere)') AS to_az,
  f.az_id <> z.az_id AS crosses,
  count(*) AS flows,
  round(sum(f.bytes) / 1e9, 4) AS gigabytes,
  if(f.az_id <> z.az_id, round(sum(f.bytes) / 1e9 * {{price}}, 4)) AS cost
FROM flows f
LEFT JOIN zones z ON z.address = f.pkt_dstaddr
WHERE f.flow_direction = 'egress'
GROUP BY f.az_id, z.az_id
ORDER BY sum(f.bytes) DESC, from_az, to_az
LIMIT {{limit}}
