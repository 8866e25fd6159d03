-- +++
-- title = "Deadlocks"
-- question = "When do deadlocks happen, on which tables, and with which statements?"
-- tables = ["app_logs"]
-- chart = { type = "line", x = "hour", y = ["deadlocks"] }
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
-- How to read it: deadlocks by hour, with a table and a statement out of the lines around them (PostgreSQL writes
-- DETAIL, CONTEXT and STATEMENT after the error; the examples are of the same second). A deadlock is two transactions
-- that lock the same rows in another order: sort the rows before updating them. The application should retry; some a
-- day are harmless, a rise after a deploy is a bug.

WITH lines AS (
  SELECT
    date_trunc('second', from_iso8601_timestamp(ts)) AS at,
    strpos(message, 'deadlock detected') > 0 AS is_deadlock,
    regexp_extract(message, 'in relation "([^"]+)"', 1) AS relation,
    regexp_extract(message, 'STATEMENT: +(.*)', 1) AS statement,
    regexp_extract(message, '(waits for [A-Za-z]+) on', 1) AS waits
  FROM app_logs
  WHERE {{window}}
    AND regexp_like(message, 'deadlock detected|in relation "|STATEMENT: |waits for [A-Za-z]+ on')
    AND ({{database_service}} = '' OR service = {{database_service}})
),
deadlocks AS (
  SELECT
    at,
    count_if(is_deadlock) AS deadlocks,
    max(relation) AS relation,
    max(statement) AS statement,
    max(waits) AS waits
  FROM lines
  GROUP BY at
  HAVING count_if(is_deadlock) > 0
)
SELECT
  date_trunc('hour', at) AS hour,
  sum(deadlocks) AS deadlocks,
  count(DISTINCT relation) AS tables,
  max_by(relation, to_iso8601(at) || relation) AS latest_table,
  max(waits) AS waits,
  substr(max_by(statement, to_iso8601(at) || statement), 1, 200) AS latest_statement
FROM deadlocks
GROUP BY date_trunc('hour', at)
ORDER BY 1
LIMIT {{limit}}
