-- +++
-- title = "Noisiest messages"
-- question = "Which messages, their variable parts masked, fill the logs?"
-- tables = ["app_logs"]
-- chart = { type = "bar", x = "message", y = ["records"] }
-- [parameters.level]
-- type = "choice"
-- description = "Only this level"
-- default = "all"
-- values = ["all", "trace", "debug", "info", "warn", "error", "fatal"]
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
-- How to read it: messages of all levels with numbers, hexadecimal ids and quoted text masked, so that one row is one
-- statement in the code. `share` is its part of all the text logged. One row above 20 percent is worth a change: lower
-- its level, sample it, or log once for a batch. `latest` is an unmasked example to search the code with.

WITH messages AS (
  SELECT
    service,
    level,
    coalesce(logger, '') AS logger,
    substr(
      regexp_replace(
        -- quoted text, but not what stands between two apostrophes
        regexp_replace(message, '(^|[\s=:(\[])("[^"]*"|''[^'']*'')', '$1?'),
        '\b(0x)?[0-9a-fA-F]*[0-9][0-9a-fA-F]*\b', '#'
      ), 1, 120
    ) AS masked,
    message,
    ts
  FROM app_logs
  WHERE {{window}}
    AND message IS NOT NULL
    AND ({{level}} = 'all' OR level = {{level}})
    AND ({{service}} = '' OR service = {{service}})
)
SELECT
  masked AS message,
  service,
  level,
  logger,
  count(*) AS records,
  round(1e2 * sum(length(message)) / sum(sum(length(message))) OVER (), 1) AS share,
  round(6e1 * count(*) / {{seconds}}, 2) AS per_minute,
  substr(max_by(message, ts || message), 1, 120) AS latest
FROM messages
GROUP BY masked, service, level, logger
ORDER BY records DESC, message, service, level, logger
LIMIT {{limit}}
