//! `alarms bootstrap`, `list` and `coverage` over an account with three services, two Aurora clusters, two load
//! balancers, and 145 other things that the calls give page by page.

use serde_json::{Value, json};

use crate::rig::{Rig, told};

const BOOTSTRAP: &[&str] = &["alarms", "bootstrap"];

/// An account with something to watch. Its topics are there.
fn account() -> Rig {
    let rig = Rig::new();
    let topics =
        ["apply", "--env", "prod", "--yes", "--target", "CriticalAlerts", "--target", "WarningAlerts"];
    assert!(rig.run(&topics).status.success());
    let mut calls = vec![
        ("ecs", "create_cluster", json!({"clusterName": "main"})),
        ("ecs", "create_cluster", json!({"clusterName": "batch"})),
    ];
    for (family, memory) in [("small", "512"), ("large", "4096")] {
        let container = json!([{"name": "app", "image": "app"}]);
        let task =
            json!({"family": family, "cpu": "256", "memory": memory, "containerDefinitions": container});
        calls.push(("ecs", "register_task_definition", task));
    }
    let service = |cluster: &str, name: &str, task: &str, tags: Value| {
        let input = json!({
            "cluster": cluster, "serviceName": name, "taskDefinition": task, "desiredCount": 2, "tags": tags,
        });
        ("ecs", "create_service", input)
    };
    calls.push(service("main", "web", "small", json!([{"key": "team", "value": "shop"}])));
    calls.push(service("main", "api", "large", json!([{"key": "alarm:threshold:ecs-cpu", "value": "65"}])));
    calls.push(service(
        "main",
        "worker",
        "small",
        json!([{"key": "alarm:skip", "value": "ecs-cpu ecs-memory"}]),
    ));
    for index in 0..25 {
        let skip = json!([{"key": "alarm:skip", "value": "true"}]);
        calls.push(service("batch", &format!("job-{index}"), "small", skip));
    }
    for (name, class) in [("orders", "db.t4g.medium"), ("users", "db.r6g.large")] {
        let engine = "aurora-postgresql";
        let cluster = json!({"DBClusterIdentifier": name, "Engine": engine, "MasterUsername": "a",
            "MasterUserPassword": "password1"});
        calls.push(("rds", "create_db_cluster", cluster));
        let instance = json!({"DBInstanceIdentifier": format!("{name}-1"), "DBClusterIdentifier": name,
            "DBInstanceClass": class, "Engine": engine});
        calls.push(("rds", "create_db_instance", instance));
    }
    for index in 0..120 {
        let other = json!({"DBInstanceIdentifier": format!("other-{index}"), "DBInstanceClass": "db.t4g.medium",
            "Engine": "postgres", "AllocatedStorage": 20, "MasterUsername": "a", "MasterUserPassword": "password1"});
        calls.push(("rds", "create_db_instance", other));
    }
    rig.aws(&calls);
    balancers(&rig);
    rig
}

fn balancers(rig: &Rig) {
    let subnets = &rig.aws(&[("ec2", "describe_subnets", json!({}))])[0]["Subnets"];
    let vpc = &subnets[0]["VpcId"];
    let two = json!([subnets[0]["SubnetId"], subnets[1]["SubnetId"]]);
    let mut calls = Vec::new();
    for name in ["front", "back"] {
        calls.push(("elbv2", "create_load_balancer", json!({"Name": name, "Subnets": two})));
        let group = json!({"Name": format!("{name}-tasks"), "Protocol": "HTTP", "Port": 80, "VpcId": vpc});
        calls.push(("elbv2", "create_target_group", group));
    }
    let made = rig.aws(&calls);
    let mut calls = Vec::new();
    for pair in made.chunks(2) {
        let group = &pair[1]["TargetGroups"][0]["TargetGroupArn"];
        calls.push((
            "elbv2",
            "create_listener",
            json!({"LoadBalancerArn": pair[0]["LoadBalancers"][0]["LoadBalancerArn"], "Protocol": "HTTP", "Port": 80,
                "DefaultActions": [{"Type": "forward", "TargetGroupArn": group}]}),
        ));
    }
    rig.aws(&calls);
}

/// Names and properties of the alarms that are there.
fn alarms(rig: &Rig) -> Vec<Value> {
    let (mut all, mut next) = (Vec::new(), json!({}));
    loop {
        let answer = rig.aws(&[("cloudwatch", "describe_alarms", next)]).remove(0);
        all.extend(answer["MetricAlarms"].as_array().expect("alarms").clone());
        match &answer["NextToken"] {
            Value::Null => return all,
            token => next = json!({"NextToken": token}),
        }
    }
}

fn alarm<'a>(alarms: &'a [Value], name: &str) -> &'a Value {
    let found = alarms.iter().find(|alarm| alarm["AlarmName"] == name);
    found.unwrap_or_else(|| panic!("no alarm {name}"))
}

#[test]
fn what_runs_gets_its_alarms_and_a_second_run_changes_nothing() {
    let rig = account();
    let (code, report) = rig.json(BOOTSTRAP);
    assert_eq!(code, Some(2), "{report:#}");
    // Three services of 5, less 2 that a tag turns off; two instances of 7, two clusters of 2, two load balancers of
    // 3, two target groups of 1.
    assert_eq!(report["counts"], json!({"create": 39}), "{report:#}");
    assert!(alarms(&rig).is_empty(), "a plan makes nothing");

    let output = rig.run(&["alarms", "bootstrap", "--env", "prod", "--apply", "--yes"]);
    assert!(output.status.success(), "{}", told(&output));
    let made = alarms(&rig);
    assert_eq!(made.len(), 39);

    let threshold = |name: &str| alarm(&made, name)["Threshold"].as_f64().expect("a number");
    const GIB: f64 = 1_073_741_824.0;
    for (name, expected) in [
        // By the size of the task: 128 MiB of 512 are left at 75 %, of 4,096 at 96 %, and 80 % is the most.
        ("api-prod-ecs-memory-main/web", 75.0),
        ("api-prod-ecs-memory-main/api", 80.0),
        ("api-prod-ecs-memory-critical-main/web", 87.0),
        ("api-prod-ecs-memory-critical-main/api", 95.0),
        // By a tag.
        ("api-prod-ecs-cpu-main/api", 65.0),
        ("api-prod-ecs-cpu-main/web", 80.0),
        // By the class: 80 and 90 % of 405 and of 1,722 connections.
        ("api-prod-aurora-connections-orders-1", 324.0),
        ("api-prod-aurora-connections-critical-orders-1", 364.0),
        ("api-prod-aurora-connections-users-1", 1377.0),
        ("api-prod-aurora-connections-critical-users-1", 1549.0),
        ("api-prod-aurora-memory-orders-1", (4.0 * GIB * 0.05).floor()),
        ("api-prod-aurora-memory-users-1", (16.0 * GIB * 0.05).floor()),
        ("api-prod-aurora-local-storage-users-1", (32.0 * GIB * 0.2).floor()),
        ("api-prod-aurora-load-users-1", 2.0),
        ("api-prod-alb-5xx-rate-front", 5.0),
    ] {
        assert_eq!(threshold(name), expected, "{name}");
    }
    let web = alarm(&made, "api-prod-ecs-cpu-main/web");
    let dimensions =
        json!([{"Name": "ClusterName", "Value": "main"}, {"Name": "ServiceName", "Value": "web"}]);
    assert_eq!(web["Dimensions"], dimensions);
    let topic =
        |name: &str| json!([format!("arn:aws:sns:ap-northeast-1:123456789012:api-prod-{name}-alerts")]);
    assert_eq!(web["AlarmActions"], topic("warning"));
    assert_eq!(web["OKActions"], topic("warning"));
    let hosts = alarm(&made, "api-prod-alb-unhealthy-hosts-front-tasks");
    assert_eq!(hosts["AlarmActions"], topic("critical"));
    assert_eq!(hosts["Dimensions"].as_array().expect("a list").len(), 2);
    assert!(web["AlarmDescription"].as_str().expect("a text").contains("docs/runbooks/ecs-cpu.md"));
    let tags = rig.aws(&[("cloudwatch", "list_tags_for_resource", json!({"ResourceARN": web["AlarmArn"]}))]);
    let tags = tags[0]["Tags"].as_array().expect("tags");
    let tag = |key: &str| tags.iter().find(|tag| tag["Key"] == key).map(|tag| tag["Value"].clone());
    assert_eq!(tag("sluice:managed-by"), Some("logctl-alarms".into()));
    assert_eq!(tag("sluice:rule"), Some("ecs-cpu@1".into()));
    assert_eq!(tag("sluice:target"), Some("arn:aws:ecs:ap-northeast-1:123456789012:service/main/web".into()));

    let output = rig.run(&["alarms", "bootstrap", "--env", "prod"]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    // 35 alarms on one metric, 2 on three metrics, 2 on one by an expression.
    assert!(told(&output).contains("39 unchanged"), "{}", told(&output));
    assert!(told(&output).contains("all of them cost $4.30 a month"), "{}", told(&output));
}

#[test]
fn what_is_gone_loses_exactly_its_alarms_and_only_when_asked_to() {
    let rig = account();
    assert!(rig.run(&["alarms", "bootstrap", "--env", "prod", "--apply", "--yes"]).status.success());
    // Alarms of auto scaling and of others on the same service stay, whatever becomes of it.
    let other = |name: &str| {
        json!({"AlarmName": name, "Namespace": "AWS/ECS", "MetricName": "Custom", "Period": 60, "Statistic": "Sum",
            "EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold",
            "Dimensions": [{"Name": "ServiceName", "Value": "web"}]})
    };
    rig.aws(&[
        ("cloudwatch", "put_metric_alarm", other("TargetTracking-service/main/web-AlarmHigh")),
        ("cloudwatch", "put_metric_alarm", other("api-prod-handmade")),
        ("ecs", "delete_service", json!({"cluster": "main", "service": "web", "force": true})),
    ]);
    let output = rig.run(&["alarms", "bootstrap", "--env", "prod"]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(told(&output).contains("5 alarms watch what is gone; --prune removes them"), "{}", told(&output));

    let (code, report) = rig.json(&["alarms", "bootstrap", "--prune"]);
    assert_eq!(code, Some(2));
    let deleted: Vec<&str> = report["resources"]
        .as_array()
        .expect("resources")
        .iter()
        .filter(|resource| resource["action"] == "delete")
        .map(|resource| resource["name"].as_str().expect("a name"))
        .collect();
    let rules = ["ecs-cpu-critical", "ecs-cpu", "ecs-memory-critical", "ecs-memory", "ecs-running-tasks"];
    assert_eq!(deleted, rules.map(|rule| format!("api-prod-{rule}-main/web")));
    let output = rig.run(&["alarms", "bootstrap", "--env", "prod", "--prune", "--apply", "--yes"]);
    assert!(output.status.success(), "{}", told(&output));
    assert_eq!(alarms(&rig).len(), 39 - 5 + 2);
    assert_eq!(rig.run(&["alarms", "bootstrap", "--env", "prod", "--prune"]).status.code(), Some(0));
}

#[test]
fn a_metric_that_somebody_watches_is_not_watched_twice_and_coverage_counts_it() {
    let rig = account();
    let theirs = json!({"AlarmName": "their-cpu", "Namespace": "AWS/ECS", "MetricName": "CPUUtilization", "Period": 60,
        "Statistic": "Maximum", "EvaluationPeriods": 1, "Threshold": 50,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Dimensions": [{"Name": "ServiceName", "Value": "web"}, {"Name": "ClusterName", "Value": "main"}]});
    rig.aws(&[("cloudwatch", "put_metric_alarm", theirs)]);
    let (_, report) = rig.json(BOOTSTRAP);
    assert_eq!(report["counts"], json!({"create": 37}));
    let skipped = report["skipped"].as_array().expect("a list");
    let why = skipped.iter().find(|s| s["rule"] == "ecs-cpu" && s["target"] == "main/web").expect("a reason");
    assert_eq!(why["why"], "the alarm their-cpu of somebody else watches the same metric");

    let (code, rows) = rig.json(&["alarms", "coverage"]);
    assert_eq!(code, Some(2));
    let row = |name: &str| {
        let mut rows = rows.as_array().expect("rows").iter();
        rows.find(|row| row["name"] == name).unwrap_or_else(|| panic!("no row {name}")).clone()
    };
    assert_eq!(row("main/web")["covered"]["ecs-cpu"], "their-cpu");
    assert_eq!(row("main/web")["missing"], json!(["ecs-memory", "ecs-memory-critical", "ecs-running-tasks"]));
    assert_eq!(row("main/worker")["skipped"], json!(["ecs-cpu", "ecs-memory"]));
    assert_eq!(row("batch/job-7")["missing"], json!([]));

    assert!(rig.run(&["alarms", "bootstrap", "--env", "prod", "--apply", "--yes"]).status.success());
    let output = rig.run(&["alarms", "coverage", "--env", "prod"]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(told(&output).contains("0 have none"), "{}", told(&output));
    let output = rig.run(&["alarms", "list", "--env", "prod"]);
    assert!(told(&output).contains("38 alarms, $4.20 a month"), "{}", told(&output));
    assert!(told(&output).contains("other          their-cpu  CPUUtilization"), "{}", told(&output));
}

#[test]
fn a_tag_filter_narrows_and_an_export_writes_what_is_proposed() {
    let rig = account();
    let (_, report) = rig.json(&["alarms", "bootstrap", "--tag", "team=shop"]);
    assert_eq!(report["counts"], json!({"create": 5}));
    let export = |form: &str| {
        let output = rig.run(&["alarms", "bootstrap", "--env", "prod", "--export", form]);
        assert!(output.status.success(), "{}", told(&output));
        String::from_utf8(output.stdout).expect("text")
    };
    let template: Value = serde_json::from_str(&export("cloudformation")).expect("JSON");
    assert_eq!(template["Resources"].as_object().expect("resources").len(), 39);
    let alarms: Value = serde_json::from_str(&export("json")).expect("JSON");
    assert_eq!(alarms.as_array().expect("a list").len(), 39);
    assert_eq!(export("markdown").lines().count(), 41);
    let path = rig.folder.path().join("alarms.template.json");
    std::fs::write(&path, template.to_string()).expect("a file");
    crate::rig::lint(&path);
}

#[test]
fn dev_has_fewer_alarms_and_without_topics_there_are_none() {
    let rig = account();
    let output = rig.run(&["alarms", "bootstrap", "--env", "dev"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("the topic api-dev-critical-alerts is not there"), "{}", told(&output));
    rig.spec("[alarms]\nprofile = 'dev'\noff = ['ecs-memory']\nthresholds = { ecs-cpu = 70, aurora-connections = 50 }\n");
    let (code, report) = rig.json(BOOTSTRAP);
    assert_eq!(code, Some(2), "{report:#}");
    let output = rig.run(&["alarms", "bootstrap", "--env", "prod", "--apply", "--yes"]);
    assert!(output.status.success(), "{}", told(&output));
    let made = alarms(&rig);
    assert!(made.len() < 39 && made.len() == report["resources"].as_array().expect("a list").len());
    assert_eq!(alarm(&made, "api-prod-ecs-cpu-main/web")["Threshold"].as_f64(), Some(70.0));
    assert_eq!(alarm(&made, "api-prod-ecs-cpu-main/api")["Threshold"].as_f64(), Some(65.0));
    assert_eq!(alarm(&made, "api-prod-aurora-connections-orders-1")["Threshold"].as_f64(), Some(202.0));
    assert!(made.iter().all(|alarm| !alarm["AlarmName"].as_str().expect("a name").contains("ecs-memory")));
}
