-- +++
-- title = "Failed logins"
-- question = "Who tries to log in to the database and fails, from where?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "database_user", y = ["attempts"] }
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
-- How to read it: password failures, missing roles and databases, and refusals by pg_hba or TLS, by user and address.
-- The address is known when log_line_prefix has it (RDS and Aurora do). A few from an address of yours right after a
-- rotation are a task with the old secret; many users from one address is somebody trying: close the security group.

WITH failures AS (
  SELECT
    regexp_extract(
      message, '([A-Za-z]+ authentication failed|no pg_hba\.conf entry|(?:role|database) "[^"]*" does not exist)', 1
    ) AS reason,
    coalesce(
      regexp_extract(message, 'for user "([^"]*)"', 1),
      regexp_extract(message, ', user "([^"]*)"', 1),
      regexp_extract(message, 'role "([^"]*)" does not exist', 1),
      '(unknown)'
    ) AS database_user,
    coalesce(
      regexp_extract(message, 'for host "([^"]*)"', 1),
      regexp_extract(json_extract_scalar(attrs, '$.context'), '^([0-9A-Fa-f.:]+)\([0-9]+\)', 1),
      regexp_extract(message, '^:?([0-9A-Fa-f.:]+)\([0-9]+\):', 1),
      client_ip,
      '(unknown)'
    ) AS address,
    from_iso8601_timestamp(ts) AS at
  FROM app_logs
  WHERE {{window}}
    AND level IN ('error', 'fatal')
    AND regexp_like(message, 'authentication failed|no pg_hba\.conf entry|(role|database) "[^"]*" does not exist')
    AND ({{database_service}} = '' OR service = {{database_service}})
)
SELECT
  database_user,
  address,
  max(reason) AS reason,
  count(*) AS attempts,
  count(DISTINCT date_trunc('minute', at)) AS minutes,
  min(at) AS first_seen,
  max(at) AS last_seen
FROM failures
GROUP BY database_user, address
ORDER BY attempts DESC, database_user, address
LIMIT {{limit}}
