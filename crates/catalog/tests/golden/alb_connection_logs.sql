CREATE EXTERNAL TABLE IF NOT EXISTS sluice.alb_connection_logs (
  `time`                         string COMMENT 'When the connection was made, or failed: ISO 8601, UTC, microseconds',
  client_ip                      string COMMENT 'Address of the client',
  client_port                    int COMMENT 'Port of the client',
  listener_port                  int COMMENT 'Port of the listener',
  tls_protocol                   string COMMENT 'TLS version; - when the handshake failed',
  tls_cipher                     string COMMENT 'TLS cipher; - when the handshake failed',
  tls_handshake_latency          double COMMENT 'Seconds of a handshake that succeeded',
  leaf_client_cert_subject       string COMMENT 'Subject of the client certificate',
  leaf_client_cert_validity      string COMMENT 'NotBefore=…;NotAfter=… of the client certificate',
  leaf_client_cert_serial_number string COMMENT 'Serial number of the client certificate',
  tls_verify_status              string COMMENT 'Success, or Failed: and the reason',
  conn_trace_id                  string COMMENT 'Id of the connection: joins alb_access_logs'
)
COMMENT 'Load balancer connection logs. A line for each connection to an Application Load Balancer, with its TLS handshake and client certificate.'
PARTITIONED BY (
  year  string COMMENT 'Year',
  month string COMMENT 'Month, 01 to 12',
  day   string COMMENT 'Day of the month, 01 to 31'
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
WITH SERDEPROPERTIES (
  'input.regex' = '([^ ]*) ([^ ]*) ([0-9]*) ([0-9]*) ([A-Za-z0-9.-]*) ([^ ]*) ([-.0-9]*) "([^"]*)" ([^ ]*) ([^ ]*) ([^ ]*)(?: ([^ ]*))?(?: .*)?',
  'serialization.format' = '1'
)
STORED AS INPUTFORMAT 'org.apache.hadoop.mapred.TextInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://example-aws-logs/connections/AWSLogs/123456789012/elasticloadbalancing/ap-northeast-1/'
TBLPROPERTIES (
  'classification' = 'regex',
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
  'storage.location.template' = 's3://example-aws-logs/connections/AWSLogs/123456789012/elasticloadbalancing/ap-northeast-1/${year}/${month}/${day}/'
);
