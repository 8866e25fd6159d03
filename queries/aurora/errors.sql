-- +++
-- title = "Errors of the database"
-- question = "What does the database complain about, and is it about load, locks, data or connections?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "kind", y = ["times"] }
-- [parameters.database_service]
-- type = "string"
-- description = "Service under which the database's log is filed"
-- default = "aurora"
-- [parameters.limit]
-- type = "integer"
-- description = "Rows to show"
-- default = 20
-- min = 1
-- +++
-- How to read it: errors of PostgreSQL by kind. `connections` means that the pool is larger than max_connections allows
-- (use RDS Proxy or smaller pools); `timeouts` and `locks` rising together are a transaction that stays open;
-- `constraints` are mostly the application's own checks, and harmless unless they are new.

WITH errors AS (
  SELECT
    CASE
      WHEN regexp_like(message, 'deadlock|lock timeout|could not obtain lock|could not serialize') THEN 'locks'
      WHEN regexp_like(message, 'statement timeout|canceling statement|idle-in-transaction') THEN 'timeouts'
      WHEN regexp_like(message, 'connection slots|too many (clients|connections)|terminating connection|client lost')
        THEN 'connections'
      WHEN regexp_like(message, 'authentication|pg_hba|does not exist|permission denied') THEN 'access and names'
      WHEN regexp_like(message, 'violates|duplicate key|invalid input|out of range') THEN 'constraints'
      WHEN regexp_like(message, 'out of memory|disk full|No space left|could not (write|read|extend)') THEN 'resources'
      ELSE 'other'
    END AS kind,
    fingerprint,
    message,
    level,
    ts
  FROM app_logs
  WHERE {{window}}
    AND level IN ('error', 'fatal')
    AND service = {{database_service}}
)
SELECT
  kind,
  fingerprint,
  count(*) AS times,
  count_if(level = 'fatal') AS fatal,
  min(from_iso8601_timestamp(ts)) AS first_seen,
  max(from_iso8601_timestamp(ts)) AS last_seen,
  substr(max_by(message, ts || message), 1, 160) AS latest_message
FROM errors
GROUP BY kind, fingerprint
ORDER BY times DESC, kind, fingerprint
LIMIT {{limit}}
