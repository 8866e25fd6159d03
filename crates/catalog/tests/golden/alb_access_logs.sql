CREATE EXTERNAL TABLE IF NOT EXISTS sluice.alb_access_logs (
  type                     string COMMENT 'http, https, h2, grpcs, ws or wss',
  `time`                   string COMMENT 'When the load balancer answered the client: ISO 8601, UTC, microseconds',
  elb                      string COMMENT 'Id of the load balancer',
  client_ip                string COMMENT 'Address of the client',
  client_port              int COMMENT 'Port of the client',
  target_ip                string COMMENT 'Address of the target that took the request; - when there was none',
  target_port              int COMMENT 'Port of the target',
  request_processing_time  double COMMENT 'Seconds from receipt to sending to the target; -1 when it was not sent',
  target_processing_time   double COMMENT 'Seconds until the target began to answer; -1 when it did not',
  response_processing_time double COMMENT 'Seconds until the answer went to the client; -1 when it did not',
  elb_status_code          int COMMENT 'Status of the answer of the load balancer',
  target_status_code       string COMMENT 'Status of the answer of the target; - when there was none',
  received_bytes           bigint COMMENT 'Size of the request',
  sent_bytes               bigint COMMENT 'Size of the answer',
  request_verb             string COMMENT 'HTTP method',
  request_url              string COMMENT 'URL, with host and query',
  request_proto            string COMMENT 'HTTP version',
  user_agent               string COMMENT 'User agent',
  ssl_cipher               string COMMENT 'TLS cipher; - without TLS',
  ssl_protocol             string COMMENT 'TLS version; - without TLS',
  target_group_arn         string COMMENT 'Target group',
  trace_id                 string COMMENT 'X-Amzn-Trace-Id',
  domain_name              string COMMENT 'SNI domain that the client named; - without TLS',
  chosen_cert_arn          string COMMENT 'Certificate that was shown to the client',
  matched_rule_priority    string COMMENT 'Priority of the rule that matched; 0 is the default rule, -1 none',
  request_creation_time    string COMMENT 'When the request arrived: ISO 8601, UTC, microseconds',
  actions_executed         string COMMENT 'Actions taken, separated by commas: waf, forward, redirect, fixed-response, authenticate',
  redirect_url             string COMMENT 'Where a redirect led',
  lambda_error_reason      string COMMENT 'Why a Lambda target or an authentication failed',
  target_port_list         string COMMENT 'Addresses and ports of the targets, separated by blanks',
  target_status_code_list  string COMMENT 'Statuses of the targets, separated by blanks',
  classification           string COMMENT 'Desync mitigation: Acceptable, Ambiguous or Severe',
  classification_reason    string COMMENT 'Why it was classified so',
  conn_trace_id            string COMMENT 'Id of the connection: joins alb_connection_logs',
  transformed_host         string COMMENT 'Host after a rule rewrote it',
  transformed_uri          string COMMENT 'URI after a rule rewrote it',
  request_transform_status string COMMENT 'Whether the rewriting succeeded'
)
COMMENT 'Load balancer access logs. A line for each request that an Application Load Balancer took, delivered every five minutes.'
PARTITIONED BY (
  year  string COMMENT 'Year',
  month string COMMENT 'Month, 01 to 12',
  day   string COMMENT 'Day of the month, 01 to 31'
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
WITH SERDEPROPERTIES (
  'input.regex' = '([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*):([0-9]*) ([^ ]*)[:-]([0-9]*) ([-.0-9]*) ([-.0-9]*) ([-.0-9]*) (|[-0-9]*) (-|[-0-9]*) ([-0-9]*) ([-0-9]*) "([^ ]*) (.*) (- |[^ ]*)" "([^"]*)" ([A-Z0-9-_]+) ([A-Za-z0-9.-]*) ([^ ]*) "([^"]*)" "([^"]*)" "([^"]*)" ([-.0-9]*) ([^ ]*) "([^"]*)" "([^"]*)" "([^ ]*)" "([^\\s]+?)" "([^\\s]+)" "([^ ]*)" "([^ ]*)"(?: ([^ ]*))?(?: "([^"]*)" "([^"]*)" "([^"]*)")?(?: .*)?',
  'serialization.format' = '1'
)
STORED AS INPUTFORMAT 'org.apache.hadoop.mapred.TextInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://example-aws-logs/AWSLogs/123456789012/elasticloadbalancing/ap-northeast-1/'
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
  'storage.location.template' = 's3://example-aws-logs/AWSLogs/123456789012/elasticloadbalancing/ap-northeast-1/${year}/${month}/${day}/'
);
