-- +++
-- title = "One trace"
-- question = "What happened, in order, in all services for one trace id?"
-- tables = ["app_logs"]
-- chart = { type = "none" }
-- [parameters.trace_id]
-- type = "string"
-- description = "The trace, as 32 hexadecimal digits, or as X-Ray writes it (1-67891233-abcdef012345678912345678)"
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 500
-- min = 1
-- +++
-- How to read it: the story of one request. `offset_ms` counts from its first record, `since_previous_ms` is the pause
-- before a line: the largest is where the time went, in the service of that line or on the way to it. Clocks of hosts
-- differ by some ms, so do not read much into those.

WITH lines AS (
  SELECT
    from_iso8601_timestamp(ts) AS at,
    min(from_iso8601_timestamp(ts)) OVER () AS started,
    lag(from_iso8601_timestamp(ts)) OVER (ORDER BY ts, service, span_id, message) AS previous,
    ts,
    service,
    level,
    message,
    duration_ms,
    http_status,
    span_id
  FROM app_logs
  WHERE {{window}}
    AND (
      trace_id = {{trace_id}}
      OR trace_id = regexp_replace({{trace_id}}, '^(?:Root=)?1-([0-9a-fA-F]{8})-([0-9a-fA-F]{24}).*$', '$1$2')
    )
)
SELECT
  at AS time,
  date_diff('millisecond', started, at) AS offset_ms,
  date_diff('millisecond', previous, at) AS since_previous_ms,
  service,
  level,
  substr(message, 1, 160) AS message,
  round(duration_ms, 1) AS duration_ms,
  http_status AS status,
  span_id
FROM lines
ORDER BY ts, service, span_id, message
LIMIT {{limit}}
