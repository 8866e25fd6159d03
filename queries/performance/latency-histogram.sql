-- +++
-- title = "Latency histogram"
-- question = "How are response times distributed: one hump, two, or a long tail?"
-- tables = ["app_logs"]
-- chart = { type = "histogram", x = "from_ms", y = ["requests"] }
-- [parameters.service]
-- type = "string"
-- description = "Only this service; all when it is empty"
-- default = ""
-- [parameters.route]
-- type = "string"
-- description = "Only paths that begin with this, such as /orders"
-- default = ""
-- +++
-- How to read it: every bucket is twice as wide as the one before it. One hump is a healthy service; two are two kinds
-- of request, most often cache hit and miss; a lonely bar far out is a timeout. `percent_up_to` answers which share was
-- faster than `to_ms`: read the level your objective names there.

WITH buckets AS (
  SELECT
    -- the powers of two from 1 ms, everything faster in the first
    CAST(floor(log2(greatest(duration_ms, 1e0))) AS integer) AS exponent,
    http_status
  FROM app_logs
  WHERE {{window}}
    AND http_path IS NOT NULL
    AND duration_ms IS NOT NULL
    AND ({{service}} = '' OR service = {{service}})
    AND ({{route}} = '' OR strpos(http_path, {{route}}) = 1)
)
SELECT
  if(exponent = 0, 0e0, power(2, exponent)) AS from_ms,
  power(2, exponent + 1) AS to_ms,
  count(*) AS requests,
  count_if(http_status >= 500) AS server_errors,
  round(1e2 * count(*) / sum(count(*)) OVER (), 2) AS percent,
  round(1e2 * sum(count(*)) OVER (ORDER BY exponent ROWS UNBOUNDED PRECEDING) / sum(count(*)) OVER (), 2) AS percent_up_to
FROM buckets
GROUP BY exponent
ORDER BY exponent
