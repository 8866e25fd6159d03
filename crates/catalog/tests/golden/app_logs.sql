CREATE EXTERNAL TABLE IF NOT EXISTS sluice.app_logs (
  ts          string COMMENT 'Time of the record: RFC 3339, UTC, milliseconds; from_iso8601_timestamp(ts) types it',
  level       string COMMENT 'trace, debug, info, warn, error or fatal',
  service     string COMMENT 'Service, from the configuration of the router',
  message     string COMMENT 'What the application said',
  logger      string COMMENT 'Name of the logger, category or channel',
  error_type  string COMMENT 'Class of the exception',
  stack       string COMMENT 'Traceback or stack trace, lines separated by \\n',
  trace_id    string COMMENT 'Trace id as the application wrote it',
  span_id     string COMMENT 'Span id as the application wrote it',
  request_id  string COMMENT 'Request id',
  user_id     string COMMENT 'User id',
  client_ip   string COMMENT 'Address of the client, without port',
  http_method string COMMENT 'HTTP method',
  http_path   string COMMENT 'Path of the request, without its query',
  http_status int COMMENT 'HTTP status, 100 to 599',
  duration_ms double COMMENT 'Duration in milliseconds',
  source      string COMMENT 'stdout or stderr',
  container   string COMMENT 'Name of the container',
  task        string COMMENT 'Id of the ECS task',
  cluster     string COMMENT 'Name of the ECS cluster',
  fingerprint string COMMENT 'Error and above: hash of the message with its variable parts masked',
  attrs       string COMMENT 'Every other field, a JSON object as text: json_extract_scalar(attrs, \'$.a\')'
)
COMMENT 'Application logs. Every record of every service: one JSON object a line, gzip, by the hour of the record\'s own time.'
PARTITIONED BY (
  year  string COMMENT 'Year',
  month string COMMENT 'Month, 01 to 12',
  day   string COMMENT 'Day of the month, 01 to 31',
  hour  string COMMENT 'Hour, 00 to 23'
)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
WITH SERDEPROPERTIES (
  'ignore.malformed.json' = 'true'
)
STORED AS INPUTFORMAT 'org.apache.hadoop.mapred.TextInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://example-logs/app/'
TBLPROPERTIES (
  'classification' = 'json',
  'compressionType' = 'gzip',
  'projection.enabled' = 'true',
  'projection.year.type' = 'integer',
  'projection.year.range' = '2020,2035',
  'projection.year.digits' = '4',
  'projection.month.type' = 'integer',
  'projection.month.range' = '1,12',
  'projection.month.digits' = '2',
  'projection.day.type' = 'integer',
  'projection.day.range' = '1,31',
  'projection.day.digits' = '2',
  'projection.hour.type' = 'integer',
  'projection.hour.range' = '0,23',
  'projection.hour.digits' = '2',
  'storage.location.template' = 's3://example-logs/app/year=${year}/month=${month}/day=${day}/hour=${hour}/'
);
