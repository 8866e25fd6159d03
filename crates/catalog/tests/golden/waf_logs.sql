CREATE EXTERNAL TABLE IF NOT EXISTS sluice.waf_logs (
  `timestamp`                   bigint COMMENT 'Time of the request, milliseconds since 1970',
  formatversion                 int COMMENT 'Version of the format',
  webaclid                      string COMMENT 'ARN of the web ACL',
  terminatingruleid             string COMMENT 'Rule that ended the evaluation; Default_Action when none did',
  terminatingruletype           string COMMENT 'REGULAR, RATE_BASED, GROUP or MANAGED_RULE_GROUP',
  action                        string COMMENT 'ALLOW, BLOCK, CAPTCHA or CHALLENGE',
  terminatingrulematchdetails   array<struct<
    conditiontype:string,
    sensitivitylevel:string,
    location:string,
    matcheddata:array<string>
  >> COMMENT 'What matched, for SQL injection and cross-site scripting',
  httpsourcename                string COMMENT 'ALB, CF, APIGW, APPSYNC, COGNITOIDP …',
  httpsourceid                  string COMMENT 'Resource that was protected',
  rulegrouplist                 array<struct<
    rulegroupid:string,
    terminatingrule:struct<
      ruleid:string,
      action:string,
      rulematchdetails:array<struct<
        conditiontype:string,
        sensitivitylevel:string,
        location:string,
        matcheddata:array<string>
      >>
    >,
    nonterminatingmatchingrules:array<struct<
      ruleid:string,
      action:string,
      overriddenaction:string,
      rulematchdetails:array<struct<
        conditiontype:string,
        sensitivitylevel:string,
        location:string,
        matcheddata:array<string>
      >>,
      challengeresponse:struct<responsecode:string,solvetimestamp:string>,
      captcharesponse:struct<responsecode:string,solvetimestamp:string>
    >>,
    excludedrules:string
  >> COMMENT 'Rule groups that acted on the request',
  ratebasedrulelist             array<struct<
    ratebasedruleid:string,
    ratebasedrulename:string,
    limitkey:string,
    maxrateallowed:int
  >> COMMENT 'Rate-based rules that acted on the request',
  nonterminatingmatchingrules   array<struct<
    ruleid:string,
    action:string,
    overriddenaction:string,
    rulematchdetails:array<struct<
      conditiontype:string,
      sensitivitylevel:string,
      location:string,
      matcheddata:array<string>
    >>,
    challengeresponse:struct<responsecode:string,solvetimestamp:string>,
    captcharesponse:struct<responsecode:string,solvetimestamp:string>
  >> COMMENT 'Rules that matched without ending the evaluation, such as count rules',
  requestheadersinserted        array<struct<name:string,value:string>> COMMENT 'Headers that the web ACL added',
  responsecodesent              string COMMENT 'Status of a custom answer',
  httprequest                   struct<
    clientip:string,
    country:string,
    headers:array<struct<name:string,value:string>>,
    uri:string,
    args:string,
    httpversion:string,
    httpmethod:string,
    requestid:string,
    fragment:string,
    scheme:string,
    host:string
  > COMMENT 'The request',
  labels                        array<struct<name:string>> COMMENT 'Labels that rules gave the request',
  captcharesponse               struct<
    responsecode:string,
    solvetimestamp:string,
    failurereason:string
  > COMMENT 'Outcome of a CAPTCHA',
  challengeresponse             struct<
    responsecode:string,
    solvetimestamp:string,
    failurereason:string
  > COMMENT 'Outcome of a challenge',
  ja3fingerprint                string COMMENT 'JA3 fingerprint of the TLS client',
  ja4fingerprint                string COMMENT 'JA4 fingerprint of the TLS client',
  oversizefields                string COMMENT 'Parts of the request that were too large to inspect, a JSON list as text',
  requestbodysize               int COMMENT 'Size of the body',
  requestbodysizeinspectedbywaf int COMMENT 'Part of the body that was inspected'
)
COMMENT 'Web ACL logs. A JSON object for each request that AWS WAF looked at: what matched, what was done, the request.'
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
LOCATION 's3://aws-waf-logs-example/AWSLogs/123456789012/WAFLogs/ap-northeast-1/example/'
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
  'storage.location.template' = 's3://aws-waf-logs-example/AWSLogs/123456789012/WAFLogs/ap-northeast-1/example/${year}/${month}/${day}/${hour}/'
);
