-- +++
-- title = "Growth against the week before"
-- question = "Which services and levels log more than at the same time last week, and what does the difference cost?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "service", y = ["megabytes_before", "megabytes_now"] }
-- [parameters.price]
-- type = "number"
-- description = "US dollars a GB that CloudWatch Logs takes for ingestion"
-- default = 0.76
-- min = 0
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 20
-- min = 1
-- +++
-- How to read it: the window against the same window seven days earlier. `factor` above 1.5 without a growth in traffic
-- is a change in what is logged: see volume-and-cost/noisiest-messages for that service. `factor` is empty where there
-- was nothing before. `extra_per_month` is the price of the difference for 30 days, below zero when it fell.

WITH now_volume AS (
  SELECT
    service,
    level,
    count(*) AS records,
    sum(160 + coalesce(length(message), 0) + coalesce(length(stack), 0) + coalesce(length(attrs), 0)) AS bytes
  FROM app_logs
  WHERE {{window}}
  GROUP BY service, level
),
before_volume AS (
  SELECT
    service,
    level,
    count(*) AS records,
    sum(160 + coalesce(length(message), 0) + coalesce(length(stack), 0) + coalesce(length(attrs), 0)) AS bytes
  FROM app_logs
  WHERE {{window app_logs shift=7d}}
  GROUP BY service, level
)
SELECT
  coalesce(n.service, b.service) AS service,
  coalesce(n.level, b.level) AS level,
  coalesce(b.records, 0) AS records_before,
  coalesce(n.records, 0) AS records_now,
  round(coalesce(b.bytes, 0) / 1e6, 3) AS megabytes_before,
  round(coalesce(n.bytes, 0) / 1e6, 3) AS megabytes_now,
  round(1e0 * coalesce(n.bytes, 0) / b.bytes, 2) AS factor,
  -- 0e0 + makes -0.0 a plain 0.0
  0e0 + round((coalesce(n.bytes, 0) - coalesce(b.bytes, 0)) / 1e9 * {{price}} * 2592e3 / {{seconds}}, 2) AS extra_per_month
FROM now_volume n
FULL JOIN before_volume b ON b.service = n.service AND b.level = n.level
ORDER BY abs(coalesce(n.bytes, 0) - coalesce(b.bytes, 0)) DESC, service, level
LIMIT {{limit}}
