-- +++
-- title = "Top talkers"
-- question = "Which pairs of addresses move the most data?"
-- tables = ["vpc_flow_logs"]
-- chart = { type = "bar", x = "source", y = ["gigabytes"] }
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 20
-- min = 1
-- +++
-- How to read it: accepted flows by pair of packet addresses and port of the server, counted at the sending side only,
-- so that nothing inside the VPC counts twice. A database or a cache at the top is normal; an address of the internet
-- that takes gigabytes deserves a name. `service` is the AWS service behind the address, where it is one.

SELECT
  pkt_srcaddr AS source,
  pkt_dstaddr AS destination,
  least(srcport, dstport) AS port,
  nullif(max(pkt_dst_aws_service), '-') AS service,
  count(*) AS flows,
  sum(packets) AS packets,
  round(sum(bytes) / 1e9, 4) AS gigabytes,
  round(1e2 * sum(bytes) / sum(sum(bytes)) OVER (), 1) AS share,
  min(from_unixtime("start")) AS first_seen,
  max(from_unixtime("end")) AS last_seen
FROM vpc_flow_logs
WHERE {{window}}
  AND action = 'ACCEPT'
  AND flow_direction = 'egress'
GROUP BY pkt_srcaddr, pkt_dstaddr, least(srcport, dstport)
ORDER BY sum(bytes) DESC, source, destination, port
LIMIT {{limit}}
