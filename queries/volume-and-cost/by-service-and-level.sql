-- +++
-- title = "Volume and cost by service and level"
-- question = "Which service logs how much at which level, and what would it cost in CloudWatch Logs?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "service", y = ["megabytes"], series = "level" }
-- [parameters.price]
-- type = "number"
-- description = "US dollars a GB that CloudWatch Logs takes for ingestion (0.76 in Tokyo, 0.50 in Virginia)"
-- default = 0.76
-- min = 0
-- [parameters.service]
-- type = "string"
-- description = "Only this service; all when it is empty"
-- default = ""
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 50
-- min = 1
-- +++
-- How to read it: `megabytes` is the length of the columns of all records, an estimate of the uncompressed JSON
-- (characters, not bytes; names of keys are counted at 160 a record). `cost` is what the window's volume would cost at
-- CloudWatch Logs, `cost_per_month` the same at this rate for 30 days. `debug` at the top of the list is the usual
-- find: lower the level in that service; errors are seldom more than a few percent.

WITH sizes AS (
  SELECT
    service,
    level,
    160 + length(ts) + length(service)
      + coalesce(length(message), 0)
      + coalesce(length(stack), 0)
      + coalesce(length(attrs), 0)
      + coalesce(length(logger), 0)
      + coalesce(length(http_path), 0)
      + coalesce(length(trace_id), 0)
      + coalesce(length(request_id), 0) AS bytes
  FROM app_logs
  WHERE {{window}}
    AND ({{service}} = '' OR service = {{service}})
)
SELECT
  service,
  level,
  count(*) AS records,
  round(sum(bytes) / 1e6, 3) AS megabytes,
  round(1e2 * sum(bytes) / sum(sum(bytes)) OVER (), 1) AS share,
  round(1e0 * sum(bytes) / count(*), 0) AS bytes_per_record,
  round(sum(bytes) / 1e9 * {{price}}, 4) AS cost,
  round(sum(bytes) / 1e9 * {{price}} * 2592e3 / {{seconds}}, 2) AS cost_per_month
FROM sizes
GROUP BY service, level
ORDER BY sum(bytes) DESC, service, level
LIMIT {{limit}}
