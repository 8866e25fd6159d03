-- +++
-- title = "Waits for locks"
-- question = "When do statements wait for locks longer than deadlock_timeout, and for which kind?"
-- tables = ["app_logs"]
-- chart = { type = "line", x = "hour", y = ["waits"] }
-- [parameters.database_service]
-- type = "string"
-- description = "Service under which the database's log is filed; all when it is empty"
-- default = ""
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 100
-- min = 1
-- +++
-- How to read it: needs log_lock_waits = on. ShareLock on a transaction is two writers of one row; AccessExclusiveLock
-- on a relation is DDL in working hours, and blocks everybody behind it. Look for the transaction that stays open
-- before the first wait.

SELECT
  date_trunc('hour', from_iso8601_timestamp(ts)) AS hour,
  regexp_extract(message, 'waiting for ([A-Za-z]+)', 1) AS lock,
  regexp_extract(message, 'waiting for [A-Za-z]+ on ([a-z]+)', 1) AS what,
  count(*) AS waits,
  round(max(try_cast(regexp_extract(message, 'after ([0-9.]+) ms', 1) AS double)), 0) AS longest_ms,
  max(from_iso8601_timestamp(ts)) AS last_seen
FROM app_logs
WHERE {{window}}
  AND message LIKE '%still waiting for %'
  AND ({{database_service}} = '' OR service = {{database_service}})
GROUP BY
  date_trunc('hour', from_iso8601_timestamp(ts)),
  regexp_extract(message, 'waiting for ([A-Za-z]+)', 1),
  regexp_extract(message, 'waiting for [A-Za-z]+ on ([a-z]+)', 1)
ORDER BY 1, lock, what
LIMIT {{limit}}
