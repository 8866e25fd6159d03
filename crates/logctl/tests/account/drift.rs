//! Every setting, changed by hand: `plan` finds exactly that, and `apply` mends it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::rig::{Rig, told, with_action};

const BUCKET: &str = "example-logs";
const TOPIC: &str = "arn:aws:sns:ap-northeast-1:123456789012:api-prod-critical-alerts";
const GROUP: &str = "/sluice/prod/api";

/// A change by a hand, and where it must be found. Without a path the resource must be gone.
struct Drift {
    service: &'static str,
    operation: &'static str,
    input: Value,
    id: &'static str,
    path: &'static str,
}

fn drift(
    service: &'static str,
    operation: &'static str,
    input: Value,
    id: &'static str,
    path: &'static str,
) -> Drift {
    Drift { service, operation, input, id, path }
}

/// An object with other values for some fields.
fn with(mut object: Value, fields: Value) -> Value {
    for (key, value) in fields.as_object().expect("fields") {
        object[key] = value.clone();
    }
    object
}

fn bucket() -> Vec<Drift> {
    let s3 = |operation, input: Value, path| {
        drift("s3", operation, with(json!({"Bucket": BUCKET}), input), "LogBucket", path)
    };
    let lifecycle = |fields: Value, path| {
        let objects = json!({"ID": "objects", "Status": "Enabled", "Filter": {"Prefix": ""},
            "Transitions": [{"Days": 90, "StorageClass": "GLACIER"}], "Expiration": {"Days": 365},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}});
        let markers = json!({"ID": "delete-markers", "Status": "Enabled", "Filter": {"Prefix": ""},
            "Expiration": {"ExpiredObjectDeleteMarker": true}});
        let results = json!({"ID": "query-results", "Status": "Enabled", "Filter": {"Prefix": "athena-results/"},
            "Expiration": {"Days": 30}});
        let rules = json!([with(objects, fields), markers, results]);
        s3("put_bucket_lifecycle_configuration", json!({"LifecycleConfiguration": {"Rules": rules}}), path)
    };
    let objects = "LifecycleConfiguration.Rules.objects";
    let path = |field: &str| -> &'static str { Box::leak(format!("{objects}.{field}").into_boxed_str()) };
    let access = json!({"BlockPublicAcls": true, "BlockPublicPolicy": false, "IgnorePublicAcls": true,
        "RestrictPublicBuckets": true});
    let ownership = json!({"Rules": [{"ObjectOwnership": "ObjectWriter"}]});
    let kms = json!({"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]});
    let open = json!({"Version": "2012-10-17", "Statement": [{"Sid": "Open", "Effect": "Allow", "Principal": "*",
        "Action": "s3:GetObject", "Resource": "arn:aws:s3:::example-logs/*"}]});
    vec![
        s3("delete_bucket_encryption", json!({}), "BucketEncryption"),
        s3("put_bucket_encryption", json!({"ServerSideEncryptionConfiguration": kms}), "BucketEncryption"),
        s3(
            "put_bucket_versioning",
            json!({"VersioningConfiguration": {"Status": "Suspended"}}),
            "VersioningConfiguration.Status",
        ),
        s3("delete_public_access_block", json!({}), "PublicAccessBlockConfiguration"),
        s3(
            "put_public_access_block",
            json!({"PublicAccessBlockConfiguration": access}),
            "PublicAccessBlockConfiguration.BlockPublicPolicy",
        ),
        s3("delete_bucket_ownership_controls", json!({}), "OwnershipControls"),
        s3("put_bucket_ownership_controls", json!({"OwnershipControls": ownership}), "OwnershipControls"),
        s3("delete_bucket_lifecycle", json!({}), "LifecycleConfiguration"),
        lifecycle(json!({"Expiration": {"Days": 30}}), path("ExpirationInDays")),
        lifecycle(json!({"Transitions": [{"Days": 30, "StorageClass": "GLACIER"}]}), path("Transitions")),
        lifecycle(
            json!({"NoncurrentVersionExpiration": {"NoncurrentDays": 90}}),
            path("NoncurrentVersionExpiration"),
        ),
        lifecycle(
            json!({"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 30}}),
            path("AbortIncompleteMultipartUpload"),
        ),
        lifecycle(json!({"Status": "Disabled"}), path("Status")),
        lifecycle(json!({"Filter": {"Tag": {"Key": "a", "Value": "b"}}}), path("TagFilters")),
        drift("s3", "delete_bucket_policy", json!({"Bucket": BUCKET}), "LogBucketPolicy", ""),
        drift(
            "s3",
            "put_bucket_policy",
            json!({"Bucket": BUCKET, "Policy": open.to_string()}),
            "LogBucketPolicy",
            "PolicyDocument.Statement.Open",
        ),
    ]
}

fn logs() -> Vec<Drift> {
    let filter = |fields: Value, made: Value, path| {
        let transformation = json!({"metricName": "ErrorRecords", "metricNamespace": "Sluice/api-prod",
            "metricValue": "1", "defaultValue": 0, "unit": "Count"});
        let input = json!({"logGroupName": GROUP, "filterName": "api-prod-error-records",
            "filterPattern": "{ $.level = \"error\" || $.level = \"fatal\" }",
            "metricTransformations": [with(transformation, made)]});
        drift("logs", "put_metric_filter", with(input, fields), "ErrorMetric", path)
    };
    let made = "MetricTransformations.0";
    let path = |field: &str| -> &'static str { Box::leak(format!("{made}.{field}").into_boxed_str()) };
    let days = json!({"logGroupName": GROUP, "retentionInDays": 365});
    vec![
        drift("logs", "put_retention_policy", days, "ErrorLogGroup", "RetentionInDays"),
        drift(
            "logs",
            "delete_retention_policy",
            json!({"logGroupName": GROUP}),
            "ErrorLogGroup",
            "RetentionInDays",
        ),
        drift(
            "logs",
            "delete_metric_filter",
            json!({"logGroupName": GROUP, "filterName": "api-prod-error-records"}),
            "ErrorMetric",
            "",
        ),
        filter(json!({"filterPattern": "ERROR"}), json!({}), "FilterPattern"),
        filter(json!({}), json!({"metricName": "Other"}), path("MetricName")),
        filter(json!({}), json!({"metricNamespace": "Other"}), path("MetricNamespace")),
        filter(json!({}), json!({"metricValue": "2"}), path("MetricValue")),
        filter(json!({}), json!({"defaultValue": 1}), path("DefaultValue")),
        filter(json!({}), json!({"unit": "Bytes"}), path("Unit")),
        filter(json!({}), json!({"dimensions": {"service": "$.service"}}), path("Dimensions")),
    ]
}

fn alerts() -> Vec<Drift> {
    let open = json!({"Version": "2012-10-17", "Statement": []}).to_string();
    let topic = |name: &str, value: &str, id, path| {
        let input = json!({"TopicArn": TOPIC, "AttributeName": name, "AttributeValue": value});
        drift("sns", "set_topic_attributes", input, id, path)
    };
    let key = |operation, input: Value, path| {
        drift("kms", operation, with(json!({"KeyId": "KEY"}), input), "AlertsKey", path)
    };
    vec![
        topic("DisplayName", "other", "CriticalAlerts", "DisplayName"),
        topic("KmsMasterKeyId", "alias/aws/sns", "CriticalAlerts", "KmsMasterKeyId"),
        topic("Policy", &open, "CriticalAlertsPolicy", "PolicyDocument.Statement"),
        drift(
            "sns",
            "unsubscribe",
            json!({"SubscriptionArn": "SUBSCRIPTION"}),
            "CriticalAlertsToOpsExampleCom",
            "",
        ),
        key("disable_key_rotation", json!({}), "EnableKeyRotation"),
        key("put_key_policy", json!({"PolicyName": "default", "Policy": open}), "KeyPolicy.Statement"),
        key("update_key_description", json!({"Description": "other"}), "Description"),
        key("disable_key", json!({}), "Enabled"),
    ]
}

fn alarms() -> Vec<Drift> {
    let alarm = |fields: Value, path| {
        let input = json!({
            "AlarmName": "api-prod-ecs-cpu", "Namespace": "AWS/ECS", "MetricName": "CPUUtilization",
            "Dimensions": [{"Name": "ClusterName", "Value": "main"}, {"Name": "ServiceName", "Value": "web"}],
            "Statistic": "Average", "Period": 60, "EvaluationPeriods": 5, "DatapointsToAlarm": 5,
            "Threshold": 80, "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "notBreaching",
        });
        drift("cloudwatch", "put_metric_alarm", with(input, fields), "AlarmEcsCpu", path)
    };
    let rate = |fields: Value, path| {
        let metric = |id: &str, name: &str| {
            let dimensions = json!([{"Name": "LoadBalancer", "Value": "app/web/50dc6c495c0c9188"}]);
            let metric =
                json!({"Namespace": "AWS/ApplicationELB", "MetricName": name, "Dimensions": dimensions});
            json!({"Id": id, "ReturnData": false, "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}})
        };
        let input = json!({
            "AlarmName": "api-prod-alb-5xx-rate", "EvaluationPeriods": 5, "DatapointsToAlarm": 3, "Threshold": 5,
            "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "notBreaching",
            "Metrics": [
                {"Id": "result", "Expression": "100*t5/req", "ReturnData": true}, metric("req", "RequestCount"),
                metric("t5", "HTTPCode_Target_5XX_Count"), metric("e5", "HTTPCode_ELB_5XX_Count")
            ],
        });
        drift("cloudwatch", "put_metric_alarm", with(input, fields), "AlarmAlb5xxRate", path)
    };
    let arn = "arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:api-prod-ecs-cpu";
    let severity = json!([{"Key": "sluice:severity", "Value": "none"}]);
    let body = json!({"widgets": [{"type": "text", "x": 0, "y": 0, "width": 24, "height": 2, "properties":
        {"markdown": "# api-prod\nsluice:managed-by=logctl api/prod"}}]});
    let dashboard = json!({"DashboardName": "api-prod-service", "DashboardBody": body.to_string()});
    vec![
        alarm(json!({"Threshold": 99}), "Threshold"),
        alarm(json!({"Period": 300}), "Period"),
        alarm(json!({"EvaluationPeriods": 9}), "EvaluationPeriods"),
        alarm(json!({"DatapointsToAlarm": 1}), "DatapointsToAlarm"),
        alarm(json!({"TreatMissingData": "breaching"}), "TreatMissingData"),
        alarm(json!({"AlarmActions": []}), "AlarmActions"),
        alarm(json!({"OKActions": []}), "OKActions"),
        alarm(json!({"InsufficientDataActions": [TOPIC]}), "InsufficientDataActions"),
        alarm(json!({"Statistic": "Minimum"}), "Statistic"),
        alarm(json!({"ComparisonOperator": "LessThanThreshold"}), "ComparisonOperator"),
        alarm(json!({"AlarmDescription": "other"}), "AlarmDescription"),
        alarm(json!({"Dimensions": [{"Name": "ClusterName", "Value": "main"}]}), "Dimensions"),
        alarm(json!({"MetricName": "MemoryUtilization"}), "MetricName"),
        alarm(json!({"Unit": "Bytes"}), "Unit"),
        drift(
            "cloudwatch",
            "disable_alarm_actions",
            json!({"AlarmNames": ["api-prod-ecs-cpu"]}),
            "AlarmEcsCpu",
            "ActionsEnabled",
        ),
        drift(
            "cloudwatch",
            "tag_resource",
            json!({"ResourceARN": arn, "Tags": severity}),
            "AlarmEcsCpu",
            "Tags.sluice:severity",
        ),
        rate(json!({}), "Metrics.result.Expression"),
        drift(
            "cloudwatch",
            "delete_alarms",
            json!({"AlarmNames": ["api-prod-alb-5xx-rate"]}),
            "AlarmAlb5xxRate",
            "",
        ),
        drift("cloudwatch", "put_dashboard", dashboard, "ServiceDashboard", "DashboardBody.widgets"),
        drift(
            "cloudwatch",
            "delete_dashboards",
            json!({"DashboardNames": ["api-prod-pipeline"]}),
            "PipelineDashboard",
            "",
        ),
    ]
}

/// `table` is the input of the table `app_logs` as it is.
fn catalog(table: &Value) -> Vec<Drift> {
    let changed = |pointer: &str, value: Value, path| {
        let mut input = table.clone();
        *input.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value;
        let input = json!({"DatabaseName": "api_prod", "TableInput": input});
        drift("glue", "update_table", input, "AppLogsTable", path)
    };
    let database = json!({"Name": "api_prod", "DatabaseInput": {"Name": "api_prod", "Description": "x", "Parameters": {
        "sluice:managed-by": "logctl", "sluice:pipeline": "api", "sluice:environment": "prod"}}});
    let group = |configuration: Value, path| {
        let input = json!({"WorkGroup": "api-prod", "ConfigurationUpdates": configuration});
        drift("athena", "update_work_group", input, "AthenaWorkGroup", path)
    };
    let results = |value: Value, path| group(json!({"ResultConfigurationUpdates": value}), path);
    let of_group = |fields: Value, path| {
        let input = with(json!({"WorkGroup": "api-prod"}), fields);
        drift("athena", "update_work_group", input, "AthenaWorkGroup", path)
    };
    let query = |fields: Value, path| {
        let input = json!({"NamedQueryId": "QUERY", "Name": "errors/by-service", "Description": "TITLE",
            "QueryString": "SQL"});
        drift("athena", "update_named_query", with(input, fields), "QueryErrorsByService", path)
    };
    let open = json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Archive", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}]});
    let policy = json!({"PolicyArn": "arn:aws:iam::123456789012:policy/api-prod-log-router", "SetAsDefault": true,
        "PolicyDocument": open.to_string()});
    let storage = "TableInput.StorageDescriptor";
    let path = |field: &str| -> &'static str { Box::leak(format!("{storage}.{field}").into_boxed_str()) };
    vec![
        drift("glue", "update_database", database, "GlueDatabase", "DatabaseInput.Description"),
        drift(
            "glue",
            "delete_table",
            json!({"DatabaseName": "api_prod", "Name": "app_logs"}),
            "AppLogsTable",
            "",
        ),
        changed("/Description", "x".into(), "TableInput.Description"),
        changed("/Parameters/projection.year.range", "1999,2000".into(), "TableInput.Parameters"),
        changed("/PartitionKeys/0/Type", "int".into(), "TableInput.PartitionKeys"),
        changed("/StorageDescriptor/Location", "s3://elsewhere/".into(), path("Location")),
        changed("/StorageDescriptor/Columns/0/Type", "int".into(), path("Columns")),
        changed("/StorageDescriptor/InputFormat", "x".into(), path("InputFormat")),
        changed("/StorageDescriptor/SerdeInfo/SerializationLibrary", "x".into(), path("SerdeInfo")),
        of_group(json!({"State": "DISABLED"}), "State"),
        of_group(json!({"Description": "x"}), "Description"),
        group(json!({"EnforceWorkGroupConfiguration": false}), "WorkGroupConfiguration.EnforceWorkGroup"),
        group(json!({"PublishCloudWatchMetricsEnabled": false}), "WorkGroupConfiguration.PublishCloudWatch"),
        group(json!({"BytesScannedCutoffPerQuery": 10_000_000}), "WorkGroupConfiguration.BytesScanned"),
        group(json!({"RemoveBytesScannedCutoffPerQuery": true}), "WorkGroupConfiguration.BytesScanned"),
        group(
            json!({"EngineVersion": {"SelectedEngineVersion": "AUTO"}}),
            "WorkGroupConfiguration.EngineVersion",
        ),
        results(
            json!({"OutputLocation": "s3://elsewhere/"}),
            "WorkGroupConfiguration.ResultConfiguration.OutputLocation",
        ),
        results(
            json!({"EncryptionConfiguration": {"EncryptionOption": "SSE_KMS"}}),
            "WorkGroupConfiguration.ResultConfiguration.EncryptionConfiguration",
        ),
        query(json!({"QueryString": "SELECT 1"}), "QueryString"),
        query(json!({"Description": "x"}), "Description"),
        drift("iam", "create_policy_version", policy, "TaskRolePolicy", "PolicyDocument.Statement"),
    ]
}

/// What the account calls things that have no name of their own.
struct Handles {
    key: Value,
    subscription: Value,
    query: Value,
    table: Value,
}

fn handles(rig: &Rig) -> Handles {
    let answers = rig.aws(&[
        ("kms", "describe_key", json!({"KeyId": "alias/api-prod-alerts"})),
        ("sns", "list_subscriptions_by_topic", json!({"TopicArn": TOPIC})),
        ("athena", "list_named_queries", json!({"WorkGroup": "api-prod", "MaxResults": 50})),
        ("glue", "get_table", json!({"DatabaseName": "api_prod", "Name": "app_logs"})),
    ]);
    let ids = answers[2]["NamedQueryIds"].as_array().expect("ids");
    let calls: Vec<_> =
        ids.iter().map(|id| ("athena", "get_named_query", json!({"NamedQueryId": id}))).collect();
    let queries = rig.aws(&calls).into_iter().map(|answer| answer["NamedQuery"].clone());
    let mut queries = queries.filter(|query| query["Name"] == "errors/by-service");
    let mut table = answers[3]["Table"].clone();
    let input = ["Name", "Description", "Parameters", "PartitionKeys", "StorageDescriptor", "TableType"];
    table.as_object_mut().expect("a table").retain(|field, _| input.contains(&field.as_str()));
    Handles {
        key: answers[0]["KeyMetadata"]["KeyId"].clone(),
        subscription: answers[1]["Subscriptions"][0]["SubscriptionArn"].clone(),
        query: queries.next().expect("the query"),
        table,
    }
}

impl Handles {
    fn filled(&self, mut input: Value) -> Value {
        for (field, placeholder, value) in [
            ("KeyId", "KEY", &self.key),
            ("SubscriptionArn", "SUBSCRIPTION", &self.subscription),
            ("NamedQueryId", "QUERY", &self.query["NamedQueryId"]),
            ("Description", "TITLE", &self.query["Description"]),
            ("QueryString", "SQL", &self.query["QueryString"]),
        ] {
            if input[field] == placeholder {
                input[field] = value.clone();
            }
        }
        input
    }
}

/// Rounds in which each resource is changed at most once, so that one plan shows all of them apart.
fn rounds(all: Vec<Drift>) -> Vec<Vec<Drift>> {
    let mut rounds: Vec<Vec<Drift>> = Vec::new();
    for drift in all {
        match rounds.iter_mut().find(|round| round.iter().all(|other| other.id != drift.id)) {
            Some(round) => round.push(drift),
            None => rounds.push(vec![drift]),
        }
    }
    rounds
}

#[test]
fn each_setting_changed_by_hand_is_found_and_mended() {
    let rig = Rig::new();
    let (_, report) = rig.json(&["plan"]);
    assert!(rig.run(&["apply", "--env", "prod", "--yes"]).status.success());
    let handles = handles(&rig);
    let all: Vec<Drift> =
        [bucket(), logs(), alerts(), alarms(), catalog(&handles.table)].into_iter().flatten().collect();
    every_type_is_among_them(&report, &all);
    for round in rounds(all) {
        let calls: Vec<_> = round
            .iter()
            .map(|drift| (drift.service, drift.operation, handles.filled(drift.input.clone())))
            .collect();
        rig.aws(&calls);
        let (code, report) = rig.json(&["plan"]);
        assert_eq!(code, Some(2), "{report:#}");
        for (action, gone) in [("create", true), ("update", false)] {
            let drifts = round.iter().filter(|drift| drift.path.is_empty() == gone);
            let expected: BTreeSet<String> = drifts.map(|drift| drift.id.to_owned()).collect();
            let found: BTreeSet<String> = with_action(&report, action).into_iter().collect();
            assert_eq!(found, expected, "{action}: {report:#}");
        }
        for drift in round.iter().filter(|drift| !drift.path.is_empty()) {
            let resources = report["resources"].as_array().expect("resources");
            let resource =
                resources.iter().find(|resource| resource["id"] == drift.id).expect("the resource");
            let changes = resource["changes"].as_array().expect("changes");
            let at = |change: &&Value| change["path"].as_str().expect("a path").starts_with(drift.path);
            assert!(changes.iter().any(|change| at(&change)), "{}: {changes:#?}", drift.path);
        }
        let output = rig.run(&["apply", "--env", "prod", "--yes"]);
        assert!(output.status.success(), "{}", told(&output));
        let (code, report) = rig.json(&["plan"]);
        assert_eq!(code, Some(0), "{report:#}");
    }
}

/// Whether each type of resource that there is has a drift; a key's alias is held by the one below.
fn every_type_is_among_them(report: &Value, all: &[Drift]) {
    let resources = report["resources"].as_array().expect("resources");
    let types = |ids: &dyn Fn(&str) -> bool| -> BTreeSet<String> {
        let here = resources.iter().filter(|resource| ids(resource["id"].as_str().expect("an id")));
        here.map(|resource| resource["type"].as_str().expect("a type").to_owned()).collect()
    };
    let mut changed = types(&|id| all.iter().any(|drift| drift.id == id));
    changed.insert("AWS::KMS::Alias".to_owned());
    assert_eq!(changed, types(&|_| true));
}

#[test]
fn a_key_whose_alias_is_gone_is_found_again_and_one_on_its_way_out_is_replaced() {
    let rig = Rig::new();
    let topics = ["apply", "--env", "prod", "--yes", "--target", "CriticalAlerts"];
    assert!(rig.run(&topics).status.success());
    let alias = json!({"KeyId": "alias/api-prod-alerts"});
    let id =
        |rig: &Rig| rig.aws(&[("kms", "describe_key", alias.clone())])[0]["KeyMetadata"]["KeyId"].clone();
    let first = id(&rig);
    rig.aws(&[("kms", "delete_alias", json!({"AliasName": "alias/api-prod-alerts"}))]);
    let output = rig.run(&topics);
    assert!(output.status.success(), "{}", told(&output));
    assert_eq!(id(&rig), first);

    let leaving = json!({"KeyId": first, "PendingWindowInDays": 7});
    rig.aws(&[("kms", "schedule_key_deletion", leaving)]);
    let (code, report) = rig.json(&["plan", "--target", "CriticalAlerts"]);
    assert_eq!(code, Some(2));
    assert_eq!(with_action(&report, "create"), ["AlertsKey", "AlertsKeyAlias"]);
    let output = rig.run(&topics);
    assert!(output.status.success(), "{}", told(&output));
    assert_ne!(id(&rig), first);
    assert_eq!(rig.json(&["plan", "--target", "CriticalAlerts"]).0, Some(0));
}
