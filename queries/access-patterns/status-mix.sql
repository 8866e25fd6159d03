-- +++
-- title = "Status mix over time"
-- question = "How do 2xx, 3xx, 4xx and 5xx share the traffic, and did the mix change?"
-- tables = ["app_logs"]
-- chart = { type = "line", x = "bucket", y = ["s2xx", "s3xx", "s4xx", "s5xx"] }
-- [parameters.bucket]
-- type = "choice"
-- description = "Length of a step"
-- default = "hour"
-- values = ["minute", "hour", "day"]
-- [parameters.service]
-- type = "string"
-- description = "Only this service; all when it is empty"
-- default = ""
-- [parameters.route]
-- type = "string"
-- description = "Only paths that begin with this, such as /orders"
-- default = ""
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 1000
-- min = 1
-- +++
-- How to read it: counts by class of status and step of time. 5xx is your fault, 4xx mostly theirs: but 401 and 403
-- rising after a deploy are a broken login, 404 a broken link or a scanner, 422 a client and a server that disagree,
-- 429 your own limits. Watch the change of `success_percent` rather than its height.

SELECT
  date_trunc({{bucket}}, from_iso8601_timestamp(ts)) AS bucket,
  count(*) AS requests,
  count_if(http_status BETWEEN 200 AND 299) AS s2xx,
  count_if(http_status BETWEEN 300 AND 399) AS s3xx,
  count_if(http_status BETWEEN 400 AND 499) AS s4xx,
  count_if(http_status >= 500) AS s5xx,
  count_if(http_status IN (401, 403)) AS denied,
  count_if(http_status = 404) AS not_found,
  count_if(http_status = 429) AS throttled,
  round(1e2 * count_if(http_status < 400) / count(*), 2) AS success_percent
FROM app_logs
WHERE {{window}}
  AND http_status IS NOT NULL
  AND ({{service}} = '' OR service = {{service}})
  AND ({{route}} = '' OR strpos(http_path, {{route}}) = 1)
GROUP BY date_trunc({{bucket}}, from_iso8601_timestamp(ts))
ORDER BY 1
LIMIT {{limit}}
