-- +++
-- title = "Weekday and hour"
-- question = "At which hours of which weekdays is the service busy, and when is it quiet enough for maintenance?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "hour", y = ["per_hour"], series = "weekday" }
-- [parameters.zone]
-- type = "string"
-- description = "Time zone of the hours, such as Asia/Tokyo"
-- default = "UTC"
-- [parameters.history]
-- type = "duration"
-- description = "How much of the past to average, before the window"
-- default = "14d"
-- [parameters.service]
-- type = "string"
-- description = "Only this service; all when it is empty"
-- default = ""
-- +++
-- How to read it: requests an hour, the mean over the days that had any, by local weekday (1 is Monday) and hour. The
-- lowest rows between two busy ones are the maintenance window; the highest are what capacity must be planned for. Give
-- a `history` of whole weeks, and a `zone`: users keep local time.

WITH hours AS (
  SELECT
    date_trunc('hour', at_timezone(from_iso8601_timestamp(ts), {{zone}})) AS local_hour,
    count(*) AS requests,
    approx_distinct(user_id) AS users
  FROM app_logs
  WHERE {{window app_logs back=history}}
    AND http_path IS NOT NULL
    AND ({{service}} = '' OR service = {{service}})
  GROUP BY date_trunc('hour', at_timezone(from_iso8601_timestamp(ts), {{zone}}))
)
SELECT
  day_of_week(local_hour) AS weekday_number,
  date_format(local_hour, '%a') AS weekday,
  hour(local_hour) AS hour,
  count(*) AS days,
  round(avg(requests), 1) AS per_hour,
  max(requests) AS busiest,
  round(avg(users), 1) AS users_per_hour
FROM hours
GROUP BY day_of_week(local_hour), date_format(local_hour, '%a'), hour(local_hour)
ORDER BY 1, 3
