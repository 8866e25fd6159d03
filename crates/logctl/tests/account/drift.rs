//! Every setting, changed by hand: `plan` finds exactly that, and `apply` mends it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::rig::{Rig, told, with_action};

const BUCKET: &str = "example-logs";
const TOPIC: &str = "arn:aws:sns:ap-northeast-1:123456789012:api-prod-critical-alerts";
const GROUP: &str = "/sluice/prod/api";

/// A change by a hand, and where all of it must be found. Without a path the resource must be gone.
struct Drift {
    service: &'static str,
    operation: &'static str,
    input: Value,
    id: &'static str,
    paths: Vec<String>,
}

impl Drift {
    fn is_gone(&self) -> bool {
        self.paths.is_empty()
    }

    /// Whether another change would cover this one up.
    fn collides(&self, other: &Drift) -> bool {
        let properties = |drift: &Drift| -> BTreeSet<String> {
            drift.paths.iter().map(|path| path.split('.').next().unwrap_or_default().to_owned()).collect()
        };
        self.id == other.id
            && (self.operation == other.operation
                || self.is_gone()
                || other.is_gone()
                || !properties(self).is_disjoint(&properties(other)))
    }
}

fn drift(
    service: &'static str,
    operation: &'static str,
    input: Value,
    id: &'static str,
    paths: &[&str],
) -> Drift {
    let paths = paths.iter().map(|path| (*path).to_owned()).collect();
    Drift { service, operation, input, id, paths }
}

/// The same below another path.
fn below(mut drift: Drift, beginning: &str) -> Drift {
    for path in &mut drift.paths {
        *path = format!("{beginning}.{path}");
    }
    drift
}

/// An object with other values for some fields.
fn with(mut object: Value, fields: Value) -> Value {
    for (key, value) in fields.as_object().expect("fields") {
        object[key] = value.clone();
    }
    object
}

fn bucket() -> Vec<Drift> {
    let s3 = |operation, input: Value, paths: &[&str]| {
        drift("s3", operation, with(json!({"Bucket": BUCKET}), input), "LogBucket", paths)
    };
    let lifecycle = |fields: Value, paths: &[&str]| {
        let objects = json!({"ID": "objects", "Status": "Enabled", "Filter": {"Prefix": ""},
            "Transitions": [{"Days": 90, "StorageClass": "GLACIER"}], "Expiration": {"Days": 365},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}});
        let markers = json!({"ID": "delete-markers", "Status": "Enabled", "Filter": {"Prefix": ""},
            "Expiration": {"ExpiredObjectDeleteMarker": true}});
        let rules = json!({"Rules": [with(objects, fields), markers]});
        let put = json!({"LifecycleConfiguration": rules});
        below(s3("put_bucket_lifecycle_configuration", put, paths), "LifecycleConfiguration.Rules")
    };
    let access = json!({"BlockPublicAcls": true, "BlockPublicPolicy": false, "IgnorePublicAcls": true,
        "RestrictPublicBuckets": true});
    let ownership = json!({"Rules": [{"ObjectOwnership": "ObjectWriter"}]});
    let kms = json!({"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]});
    let open = json!({"Version": "2012-10-17", "Statement": [{"Sid": "Open", "Effect": "Allow", "Principal": "*",
        "Action": "s3:GetObject", "Resource": "arn:aws:s3:::example-logs/*"}]});
    let versioning = json!({"VersioningConfiguration": {"Status": "Suspended"}});
    let ages = json!({"Expiration": {"Days": 30}, "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}],
        "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 30}});
    let all =
        ["ExpirationInDays", "Transitions", "NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"];
    let all = all.map(|field| format!("objects.{field}"));
    let all: Vec<&str> = all.iter().map(String::as_str).chain(["query-results"]).collect();
    let narrow = json!({"Status": "Disabled", "Filter": {"Tag": {"Key": "a", "Value": "b"}}});
    vec![
        s3("delete_bucket_encryption", json!({}), &["BucketEncryption"]),
        s3("put_bucket_encryption", json!({"ServerSideEncryptionConfiguration": kms}), &["BucketEncryption"]),
        s3("put_bucket_versioning", versioning, &["VersioningConfiguration.Status"]),
        s3("delete_public_access_block", json!({}), &["PublicAccessBlockConfiguration"]),
        s3(
            "put_public_access_block",
            json!({"PublicAccessBlockConfiguration": access}),
            &["PublicAccessBlockConfiguration.BlockPublicPolicy"],
        ),
        s3("delete_bucket_ownership_controls", json!({}), &["OwnershipControls"]),
        s3("put_bucket_ownership_controls", json!({"OwnershipControls": ownership}), &["OwnershipControls"]),
        s3("delete_bucket_lifecycle", json!({}), &["LifecycleConfiguration"]),
        lifecycle(ages, &all),
        lifecycle(narrow, &["objects.Status", "objects.TagFilters"]),
        drift("s3", "delete_bucket_policy", json!({"Bucket": BUCKET}), "LogBucketPolicy", &[]),
        drift(
            "s3",
            "put_bucket_policy",
            json!({"Bucket": BUCKET, "Policy": open.to_string()}),
            "LogBucketPolicy",
            &["PolicyDocument.Statement.Open", "PolicyDocument.Statement.OnlyByTls"],
        ),
    ]
}

fn logs() -> Vec<Drift> {
    let group = json!({"logGroupName": GROUP});
    let filter = with(group.clone(), json!({"filterName": "api-prod-error-records"}));
    let made = json!({"metricName": "Other", "metricNamespace": "Other", "metricValue": "2", "defaultValue": 1,
        "unit": "Bytes", "dimensions": {"service": "$.service"}});
    let changed = with(filter.clone(), json!({"filterPattern": "ERROR", "metricTransformations": [made]}));
    let fields = ["MetricName", "MetricNamespace", "MetricValue", "DefaultValue", "Unit", "Dimensions"];
    let paths = fields.map(|field| format!("MetricTransformations.0.{field}"));
    let paths: Vec<&str> = paths.iter().map(String::as_str).chain(["FilterPattern"]).collect();
    let longer = with(group.clone(), json!({"retentionInDays": 365}));
    vec![
        drift("logs", "put_retention_policy", longer, "ErrorLogGroup", &["RetentionInDays"]),
        drift("logs", "delete_retention_policy", group, "ErrorLogGroup", &["RetentionInDays"]),
        drift("logs", "put_metric_filter", changed, "ErrorMetric", &paths),
        drift("logs", "delete_metric_filter", filter, "ErrorMetric", &[]),
    ]
}

fn alerts() -> Vec<Drift> {
    let open = json!({"Version": "2012-10-17", "Statement": []}).to_string();
    let topic = |name: &str, value: &str, id, path| {
        let input = json!({"TopicArn": TOPIC, "AttributeName": name, "AttributeValue": value});
        drift("sns", "set_topic_attributes", input, id, &[path])
    };
    let key = |operation, input: Value, path| {
        drift("kms", operation, with(json!({"KeyId": "KEY"}), input), "AlertsKey", &[path])
    };
    let subscription = json!({"SubscriptionArn": "SUBSCRIPTION"});
    vec![
        topic("DisplayName", "other", "CriticalAlerts", "DisplayName"),
        topic("KmsMasterKeyId", "alias/aws/sns", "CriticalAlerts", "KmsMasterKeyId"),
        topic("Policy", &open, "CriticalAlertsPolicy", "PolicyDocument.Statement"),
        drift("sns", "unsubscribe", subscription, "CriticalAlertsToOpsExampleCom", &[]),
        key("disable_key_rotation", json!({}), "EnableKeyRotation"),
        key("put_key_policy", json!({"PolicyName": "default", "Policy": open}), "KeyPolicy.Statement"),
        key("update_key_description", json!({"Description": "other"}), "Description"),
        key("disable_key", json!({}), "Enabled"),
    ]
}

fn alarms() -> Vec<Drift> {
    let changed = json!({
        "AlarmName": "api-prod-ecs-cpu", "AlarmDescription": "other", "Namespace": "Other",
        "MetricName": "MemoryUtilization", "Dimensions": [{"Name": "ClusterName", "Value": "main"}],
        "Statistic": "Minimum", "Unit": "Bytes", "Period": 300, "EvaluationPeriods": 9, "DatapointsToAlarm": 1,
        "Threshold": 99, "ComparisonOperator": "LessThanThreshold", "TreatMissingData": "breaching",
        "InsufficientDataActions": [TOPIC],
    });
    let metric = |id: &str, name: &str| {
        let dimensions = json!([{"Name": "LoadBalancer", "Value": "app/web/50dc6c495c0c9188"}]);
        let metric = json!({"Namespace": "AWS/ApplicationELB", "MetricName": name, "Dimensions": dimensions});
        json!({"Id": id, "ReturnData": false, "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Maximum"}})
    };
    let rate = json!({
        "AlarmName": "api-prod-alb-5xx-rate", "EvaluationPeriods": 5, "DatapointsToAlarm": 3, "Threshold": 5,
        "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "notBreaching",
        "Metrics": [
            {"Id": "result", "Expression": "100*t5/req", "ReturnData": true}, metric("req", "RequestCount"),
            metric("t5", "HTTPCode_Target_5XX_Count"), metric("e5", "HTTPCode_ELB_5XX_Count")
        ],
    });
    let arn = "arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:api-prod-ecs-cpu";
    let severity = json!([{"Key": "sluice:severity", "Value": "none"}]);
    let tag = json!({"ResourceARN": arn, "Tags": severity});
    let body = json!({"widgets": [{"type": "text", "x": 0, "y": 0, "width": 24, "height": 2, "properties":
        {"markdown": "# api-prod\nsluice:managed-by=logctl api/prod"}}]});
    let dashboard = json!({"DashboardName": "api-prod-service", "DashboardBody": body.to_string()});
    let (off, gone) =
        (json!({"AlarmNames": ["api-prod-ecs-cpu"]}), json!({"AlarmNames": ["api-prod-alb-5xx-rate"]}));
    let pipeline = json!({"DashboardNames": ["api-prod-pipeline"]});
    // All but its name, which tells which alarm it is.
    let all = [
        "AlarmDescription",
        "Namespace",
        "MetricName",
        "Dimensions",
        "Statistic",
        "Unit",
        "Period",
        "EvaluationPeriods",
        "DatapointsToAlarm",
        "Threshold",
        "ComparisonOperator",
        "TreatMissingData",
        "AlarmActions",
        "OKActions",
        "InsufficientDataActions",
    ];
    let math = ["Metrics.result.Expression", "Metrics.req.MetricStat.Stat", "AlarmActions"];
    vec![
        drift("cloudwatch", "put_metric_alarm", changed, "AlarmEcsCpu", &all),
        drift("cloudwatch", "disable_alarm_actions", off, "AlarmEcsCpu", &["ActionsEnabled"]),
        drift("cloudwatch", "tag_resource", tag, "AlarmEcsCpu", &["Tags.sluice:severity"]),
        drift("cloudwatch", "put_metric_alarm", rate, "AlarmAlb5xxRate", &math),
        drift("cloudwatch", "delete_alarms", gone, "AlarmAlb5xxRate", &[]),
        drift("cloudwatch", "put_dashboard", dashboard, "ServiceDashboard", &["DashboardBody.widgets"]),
        drift("cloudwatch", "delete_dashboards", pipeline, "PipelineDashboard", &[]),
    ]
}

/// `table` is the input of the table `app_logs` as it is.
fn catalog(table: &Value) -> Vec<Drift> {
    let mut changed = table.clone();
    for (pointer, value) in [
        ("/Description", "x"),
        ("/Parameters/projection.year.range", "1999,2000"),
        ("/PartitionKeys/0/Type", "int"),
        ("/StorageDescriptor/Location", "s3://elsewhere/"),
        ("/StorageDescriptor/Columns/0/Type", "int"),
        ("/StorageDescriptor/InputFormat", "x"),
        ("/StorageDescriptor/SerdeInfo/SerializationLibrary", "x"),
    ] {
        *changed.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value.into();
    }
    let storage =
        ["Location", "Columns", "InputFormat", "SerdeInfo"].map(|field| format!("StorageDescriptor.{field}"));
    let storage = storage.iter().map(String::as_str);
    let paths: Vec<&str> = storage.chain(["Description", "Parameters", "PartitionKeys"]).collect();
    let changed = json!({"DatabaseName": "api_prod", "TableInput": changed});
    let changed = below(drift("glue", "update_table", changed, "AppLogsTable", &paths), "TableInput");
    let gone = json!({"DatabaseName": "api_prod", "Name": "app_logs"});
    let database = json!({"Name": "api_prod", "DatabaseInput": {"Name": "api_prod", "Description": "x", "Parameters": {
        "sluice:managed-by": "logctl", "sluice:pipeline": "api", "sluice:environment": "prod"}}});
    let group = |fields: Value, updates: Value, paths: &[&str]| {
        let input = with(json!({"WorkGroup": "api-prod", "ConfigurationUpdates": updates}), fields);
        drift("athena", "update_work_group", input, "AthenaWorkGroup", paths)
    };
    let results = json!({"OutputLocation": "s3://elsewhere/", "EncryptionConfiguration": {"EncryptionOption": "SSE_KMS"}});
    let updates = json!({"EnforceWorkGroupConfiguration": false, "PublishCloudWatchMetricsEnabled": false,
        "BytesScannedCutoffPerQuery": 10_000_000, "EngineVersion": {"SelectedEngineVersion": "AUTO"},
        "ResultConfigurationUpdates": results});
    let fields = [
        "EnforceWorkGroupConfiguration",
        "PublishCloudWatchMetricsEnabled",
        "BytesScannedCutoffPerQuery",
        "EngineVersion",
        "ResultConfiguration.OutputLocation",
        "ResultConfiguration.EncryptionConfiguration",
    ];
    let fields = fields.map(|field| format!("WorkGroupConfiguration.{field}"));
    let of_group: Vec<&str> = fields.iter().map(String::as_str).chain(["State", "Description"]).collect();
    let query = json!({"NamedQueryId": "QUERY", "Name": "errors/by-service", "Description": "x",
        "QueryString": "SELECT 1"});
    let open = json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Archive", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}]});
    let policy = json!({"PolicyArn": "arn:aws:iam::123456789012:policy/api-prod-log-router", "SetAsDefault": true,
        "PolicyDocument": open.to_string()});
    let statements = ["PolicyDocument.Statement.Archive.Action", "PolicyDocument.Statement.Errors"];
    vec![
        drift("glue", "update_database", database, "GlueDatabase", &["DatabaseInput.Description"]),
        changed,
        drift("glue", "delete_table", gone, "AppLogsTable", &[]),
        group(json!({"State": "DISABLED", "Description": "x"}), updates, &of_group),
        group(
            json!({}),
            json!({"RemoveBytesScannedCutoffPerQuery": true}),
            &["WorkGroupConfiguration.BytesScannedCutoffPerQuery"],
        ),
        drift("athena", "update_named_query", query, "QueryErrorsByService", &["QueryString", "Description"]),
        drift("iam", "create_policy_version", policy, "TaskRolePolicy", &statements),
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
        ] {
            if input[field] == placeholder {
                input[field] = value.clone();
            }
        }
        input
    }
}

/// Rounds in which no change covers up another, so that one plan shows all of them.
fn rounds(all: Vec<Drift>) -> Vec<Vec<Drift>> {
    let mut rounds: Vec<Vec<Drift>> = Vec::new();
    for drift in all {
        match rounds.iter_mut().find(|round| !round.iter().any(|other| drift.collides(other))) {
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
            let drifts = round.iter().filter(|drift| drift.is_gone() == gone);
            let expected: BTreeSet<String> = drifts.map(|drift| drift.id.to_owned()).collect();
            let found: BTreeSet<String> = with_action(&report, action).into_iter().collect();
            assert_eq!(found, expected, "{action}: {report:#}");
        }
        for drift in round.iter().filter(|drift| !drift.is_gone()) {
            let resources = report["resources"].as_array().expect("resources");
            let resource =
                resources.iter().find(|resource| resource["id"] == drift.id).expect("the resource");
            let changes = resource["changes"].as_array().expect("changes");
            let found = |path: &&String| {
                changes
                    .iter()
                    .any(|change| change["path"].as_str().expect("a path").starts_with(path.as_str()))
            };
            let missed: Vec<&String> = drift.paths.iter().filter(|path| !found(path)).collect();
            assert!(missed.is_empty(), "{}: {missed:?} is not among {changes:#?}", drift.id);
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
