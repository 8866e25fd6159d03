-- +++
-- title = "From the load balancer to the application"
-- question = "What did the application log about each slow or failed request of the load balancer?"
-- tables = ["alb_access_logs", "app_logs"]
-- chart = { type = "none" }
-- [parameters.slow_ms]
-- type = "number"
-- description = "Requests that take longer in all are slow"
-- default = 1000
-- min = 0
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 50
-- min = 1
-- +++
-- How to read it: slow or failed (5xx) requests with what the application logged under the same trace id. The balancer
-- writes `Root=1-67891233-abcdef…`, applications the same, without `Root=`, or as OpenTelemetry's 32 digits; all are
-- brought to those digits. `records` 0 is a request that never reached the application or was not logged; `alb_ms` far
-- above `app_ms` is time in front of it.

WITH requests AS (
  SELECT
    from_iso8601_timestamp(l."time") AS at,
    regexp_replace(l.trace_id, '^.*1-([0-9a-f]{8})-([0-9a-f]{24}).*$', '$1$2') AS trace,
    l.request_verb,
    regexp_extract(l.request_url, '^[a-z]+://[^/]+(/[^?#]*)', 1) AS path,
    l.elb_status_code,
    l.target_status_code,
    l.target_ip,
    -- not known where the target never answered
    if(
      l.target_processing_time >= 0,
      1e3 * (l.request_processing_time + l.target_processing_time + greatest(l.response_processing_time, 0))
    ) AS total_ms
  FROM alb_access_logs l
  WHERE {{window alb_access_logs l}}
    AND (
      l.elb_status_code >= 500
      OR 1e3 * (
        greatest(l.request_processing_time, 0)
          + greatest(l.target_processing_time, 0)
          + greatest(l.response_processing_time, 0)
      ) >= {{slow_ms}}
    )
),
application AS (
  SELECT
    -- an id that is no X-Ray root stays as it is
    regexp_replace(a.trace_id, '^.*1-([0-9a-f]{8})-([0-9a-f]{24}).*$', '$1$2') AS trace,
    count(*) AS records,
    count(DISTINCT a.service) AS services,
    count_if(a.level IN ('error', 'fatal')) AS errors,
    max(a.duration_ms) FILTER (WHERE a.http_status IS NOT NULL) AS app_ms,
    max(a.http_status) AS app_status,
    max(a.user_id) AS user_id,
    max_by(a.message, a.ts || a.message) FILTER (WHERE a.level IN ('error', 'fatal')) AS last_error
  FROM app_logs a
  WHERE {{window app_logs a back=1h}}
    AND a.trace_id IS NOT NULL
  GROUP BY regexp_replace(a.trace_id, '^.*1-([0-9a-f]{8})-([0-9a-f]{24}).*$', '$1$2')
)
SELECT
  r.at AS time,
  r.request_verb AS method,
  substr(r.path, 1, 80) AS path,
  r.elb_status_code AS elb_status,
  nullif(r.target_status_code, '-') AS target_status,
  round(r.total_ms, 0) AS alb_ms,
  round(p.app_ms, 0) AS app_ms,
  p.app_status,
  coalesce(p.records, 0) AS records,
  coalesce(p.services, 0) AS services,
  coalesce(p.errors, 0) AS errors,
  p.user_id,
  substr(p.last_error, 1, 120) AS last_error,
  r.trace
FROM requests r
LEFT JOIN application p ON p.trace = r.trace
ORDER BY r.elb_status_code DESC, r.total_ms DESC, r.at, r.trace
LIMIT {{limit}}
