-- +++
-- title = "Latency by task"
-- question = "Is one task, container or target slower than its siblings?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "task", y = ["p50_ms", "p95_ms"] }
-- [parameters.service]
-- type = "string"
-- description = "Only this service; all when it is empty"
-- default = ""
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 20
-- min = 1
-- +++
-- How to read it: the tasks of a service share its traffic and should look alike. One with a p95 of twice its siblings'
-- has a noisy neighbour, a cold cache or a leak: stop it and let ECS start another. All of them slow is no matter of
-- tasks. `task` comes from the sidecar; records that were routed without it are in one row, `(none)`.

SELECT
  service,
  coalesce(task, json_extract_scalar(attrs, '$.task_id'), '(none)') AS task,
  count(*) AS requests,
  count_if(http_status >= 500) AS server_errors,
  round(approx_percentile(duration_ms, 0.5), 1) AS p50_ms,
  round(approx_percentile(duration_ms, 0.95), 1) AS p95_ms,
  round(max(duration_ms), 1) AS max_ms,
  min(from_iso8601_timestamp(ts)) AS first_seen,
  max(from_iso8601_timestamp(ts)) AS last_seen
FROM app_logs
WHERE {{window}}
  AND http_path IS NOT NULL
  AND duration_ms IS NOT NULL
  AND ({{service}} = '' OR service = {{service}})
GROUP BY service, coalesce(task, json_extract_scalar(attrs, '$.task_id'), '(none)')
ORDER BY service, requests DESC, task
LIMIT {{limit}}
