-- +++
-- title = "Sessions"
-- question = "How many sessions are there a day, how long are they and how many requests do they have?"
-- tables = ["app_logs"]
-- chart = { type = "line", x = "day", y = ["sessions", "users"] }
-- [parameters.pause]
-- type = "duration"
-- description = "A longer pause begins a new session"
-- default = "30m"
-- [parameters.history]
-- type = "duration"
-- description = "Days before the window to show too"
-- default = "7d"
-- [parameters.service]
-- type = "string"
-- description = "Only this service; all when it is empty"
-- default = ""
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 100
-- min = 1
-- +++
-- How to read it: a session is a user's requests without a pause of more than half an hour. `bounced` are sessions of
-- one request; a rise of it with steady `users` means that people leave at the first page, often since it is slow or
-- broken. Sessions over the edge of the window are counted with the part that is in it.

WITH requests AS (
  SELECT
    user_id,
    from_iso8601_timestamp(ts) AS at,
    lag(from_iso8601_timestamp(ts)) OVER (PARTITION BY user_id ORDER BY ts) AS previous
  FROM app_logs
  WHERE {{window app_logs back=history}}
    AND user_id IS NOT NULL
    AND http_path IS NOT NULL
    AND ({{service}} = '' OR service = {{service}})
),
numbered AS (
  SELECT
    user_id,
    at,
    -- a running count of the beginnings is the number of the session
    sum(if(previous IS NULL OR date_diff('second', previous, at) > {{pause}}, 1, 0))
      OVER (PARTITION BY user_id ORDER BY at) AS session
  FROM requests
),
sessions AS (
  SELECT
    user_id,
    session,
    min(at) AS started,
    date_diff('second', min(at), max(at)) AS seconds,
    count(*) AS requests
  FROM numbered
  GROUP BY user_id, session
)
SELECT
  date_trunc('day', started) AS day,
  count(*) AS sessions,
  count(DISTINCT user_id) AS users,
  round(1e0 * count(*) / count(DISTINCT user_id), 2) AS sessions_per_user,
  round(approx_percentile(seconds, 0.5) / 6e1, 1) AS median_minutes,
  round(approx_percentile(seconds, 0.95) / 6e1, 1) AS p95_minutes,
  round(avg(requests), 1) AS requests_per_session,
  round(1e2 * count_if(requests = 1) / count(*), 1) AS bounced_percent
FROM sessions
GROUP BY date_trunc('day', started)
ORDER BY 1
LIMIT {{limit}}
