-- +++
-- title = "Volume by hour"
-- question = "How does the volume of each service move over the hours?"
-- tables = ["app_logs"]
-- chart = { type = "line", x = "hour", y = ["megabytes"], series = "service" }
-- [parameters.service]
-- type = "string"
-- description = "Only this service; all when it is empty"
-- default = ""
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 1000
-- min = 1
-- +++
-- How to read it: records and text by hour. A daily wave that follows traffic is normal, a step that stays is a release
-- or a level left at debug, a spike is a crash loop. `bytes_per_record` tells more lines (steady) from longer lines
-- (rising, often stacks or whole request bodies).

WITH sizes AS (
  SELECT
    service,
    date_trunc('hour', from_iso8601_timestamp(ts)) AS hour_start,
    level,
    160 + coalesce(length(message), 0) + coalesce(length(stack), 0) + coalesce(length(attrs), 0) AS bytes
  FROM app_logs
  WHERE {{window}}
    AND ({{service}} = '' OR service = {{service}})
)
SELECT
  hour_start AS hour,
  service,
  count(*) AS records,
  count_if(level IN ('trace', 'debug')) AS debug_records,
  round(sum(bytes) / 1e6, 3) AS megabytes,
  round(1e0 * sum(bytes) / count(*), 0) AS bytes_per_record
FROM sizes
GROUP BY hour_start, service
ORDER BY hour_start, service
LIMIT {{limit}}
