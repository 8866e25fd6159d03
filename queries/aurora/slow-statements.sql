-- +++
-- title = "Slow statements"
-- question = "Which SQL statements, their values masked, take the most time?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "statement", y = ["total_seconds"] }
-- [parameters.database_service]
-- type = "string"
-- description = "Service under which the database's log is filed; all when it is empty"
-- default = ""
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 20
-- min = 1
-- +++
-- How to read it: PostgreSQL logs a statement that takes longer than log_min_duration_statement, `duration: 1234.5 ms
-- statement: …`. Values are masked, so that a row is one statement of the code; the order is by time in total. A high
-- median is a missing index (EXPLAIN it); a low median with a high maximum waited for a lock: see aurora/lock-waits at
-- that time.

WITH statements AS (
  SELECT
    try_cast(regexp_extract(message, 'duration: ([0-9.]+) ms', 1) AS double) AS milliseconds,
    substr(
      regexp_replace(
        regexp_replace(
          regexp_replace(
            regexp_extract(message, '(?s)duration: [0-9.]+ ms +(?:statement|execute [^:]*|bind [^:]*|parse [^:]*): (.*)', 1),
            '''[^'']*''', '?'
          ),
          '\b[0-9]+(\.[0-9]+)?\b', '?'
        ),
        '\s+', ' '
      ), 1, 200
    ) AS statement,
    ts
  FROM app_logs
  WHERE {{window}}
    AND message LIKE '%duration: % ms %'
    AND ({{database_service}} = '' OR service = {{database_service}})
)
SELECT
  statement,
  count(*) AS times,
  round(sum(milliseconds) / 1e3, 1) AS total_seconds,
  round(1e2 * sum(milliseconds) / sum(sum(milliseconds)) OVER (), 1) AS share,
  round(approx_percentile(milliseconds, 0.5), 1) AS p50_ms,
  round(approx_percentile(milliseconds, 0.95), 1) AS p95_ms,
  round(max(milliseconds), 1) AS max_ms,
  min(from_iso8601_timestamp(ts)) AS first_seen,
  max(from_iso8601_timestamp(ts)) AS last_seen
FROM statements
WHERE statement IS NOT NULL
  AND milliseconds IS NOT NULL
GROUP BY statement
ORDER BY sum(milliseconds) DESC, statement
LIMIT {{limit}}
