-- +++
-- title = "Gaps in logging"
-- question = "Which services fell silent, when and for how long, and which have not come back?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "service", y = ["minutes"] }
-- [parameters.at_least]
-- type = "duration"
-- description = "Shortest silence to report"
-- default = "10m"
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
-- How to read it: a row is a stretch without a single record of a service that had logged before; `ongoing` means
-- silent up to the end of the window. Quiet services have gaps by nature, so the order is by how unusual the gap is:
-- `times_the_mean` sets it against the mean of that service's own pauses, and a handful is nothing. A gap in all
-- services at the same time is the pipeline or the cluster, in one service it is that service. What was silent
-- throughout the window is not in the list: choose a longer one.

WITH steps AS (
  SELECT
    service,
    from_iso8601_timestamp(ts) AS from_time,
    lead(from_iso8601_timestamp(ts)) OVER (PARTITION BY service ORDER BY ts) AS next_time
  FROM app_logs
  WHERE {{window}}
    AND ts IS NOT NULL
    AND ({{service}} = '' OR service = {{service}})
),
pauses AS (
  SELECT
    service,
    from_time,
    next_time,
    date_diff('second', from_time, coalesce(next_time, {{to}})) AS seconds,
    avg(if(next_time IS NOT NULL, date_diff('second', from_time, next_time))) OVER (PARTITION BY service) AS mean_pause
  FROM steps
)
SELECT
  service,
  from_time AS silent_from,
  next_time AS silent_to,
  round(seconds / 6e1, 1) AS minutes,
  next_time IS NULL AS ongoing,
  round(mean_pause, 1) AS mean_pause_seconds,
  -- a service that logs all the time counts as if once a second
  round(seconds / greatest(coalesce(mean_pause, 1e0), 1e0), 0) AS times_the_mean
FROM pauses
WHERE seconds >= {{at_least}}
ORDER BY times_the_mean DESC, service, silent_from
LIMIT {{limit}}
