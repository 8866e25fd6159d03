//! Every call: refused, it is named with the permission that it needs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use aws_sdk_cloudwatch::types::{ComparisonOperator, Statistic};
use sluice_provision::api::{Order, read, write};
use sluice_provision::apply::{Outcome, apply};
use sluice_provision::bootstrap::existing;
use sluice_provision::desired::{Context, Manager};
use sluice_provision::discover::discover;
use sluice_provision::drill::drill;
use sluice_provision::plan::{Action, Step};
use sluice_provision::resource::{Kind, Resource};
use sluice_testkit::client::call;

use crate::rig::{Rig, clients, denied, make_and_change, planned, resources, with_parents};

const KINDS: [Kind; 16] = [
    Kind::Alarm,
    Kind::Bucket,
    Kind::BucketPolicy,
    Kind::Dashboard,
    Kind::Database,
    Kind::Key,
    Kind::KeyAlias,
    Kind::LogGroup,
    Kind::ManagedPolicy,
    Kind::MetricFilter,
    Kind::NamedQuery,
    Kind::Subscription,
    Kind::Table,
    Kind::Topic,
    Kind::TopicPolicy,
    Kind::WorkGroup,
];

/// Calls whose permission has another name (Service Authorization Reference).
const OTHER_NAMES: [(&str, &str); 7] = [
    ("s3:GetBucketEncryption", "s3:GetEncryptionConfiguration"),
    ("s3:GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration"),
    ("s3:GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock"),
    ("s3:ListObjectVersions", "s3:ListBucketVersions"),
    ("s3:PutBucketEncryption", "s3:PutEncryptionConfiguration"),
    ("s3:PutBucketLifecycleConfiguration", "s3:PutLifecycleConfiguration"),
    ("s3:PutPublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
];

/// Every call that the crate can name in a message, as its sources have them.
fn calls_in_the_sources() -> BTreeSet<String> {
    fn texts(folder: &Path, all: &mut String) {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            if entry.path().is_dir() {
                texts(&entry.path(), all);
            } else {
                *all += &std::fs::read_to_string(entry.path()).expect("a source");
            }
        }
    }
    let services = [
        "athena",
        "cloudwatch",
        "ecs",
        "elasticloadbalancing",
        "glue",
        "iam",
        "kms",
        "logs",
        "rds",
        "s3",
        "sns",
        "states",
        "sts",
    ];
    let mut all = String::new();
    texts(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    let is_call = |text: &&str| {
        let Some((service, operation)) = text.split_once(':') else { return false };
        // `sns:Publish` and the like stand in policies.
        let in_policies = [
            "Publish",
            "PutObject",
            "GetBucketAcl",
            "ListBucket",
            "Decrypt",
            "ResourceAliases",
            "AssumeRole",
        ];
        services.contains(&service)
            && operation.starts_with(|c: char| c.is_ascii_uppercase())
            && operation.chars().all(|c| c.is_ascii_alphanumeric())
            && !in_policies.contains(&operation)
    };
    all.split('"').filter(is_call).map(str::to_owned).collect()
}

#[derive(Default)]
struct Shown {
    /// Calls that were refused and named.
    calls: BTreeSet<String>,
    count: usize,
}

impl Shown {
    /// Holds what was told against the refused call.
    fn note(&mut self, rig: &Rig, operation: &str, told: &[String]) {
        assert!(rig.proxy.refused() > 0, "{operation} was not called");
        let other = OTHER_NAMES.iter().find(|(call, _)| *call == operation);
        let permission = other.map_or(operation, |(_, permission)| permission);
        let (call, remedy) = (
            format!("{operation} failed for "),
            format!("allow {permission} to the identity that runs the command"),
        );
        let named = |text: &&String| text.contains(&call) && text.contains(&remedy);
        assert!(told.iter().any(|text| named(&text)), "{operation}: {told:#?}");
        self.calls.insert(operation.to_owned());
    }

    /// A name that no resource has yet.
    fn name(&mut self) -> String {
        self.count += 1;
        format!("p{}", self.count)
    }
}

#[test]
fn a_refused_call_is_named_with_its_permission_whichever_it_is() {
    let rig = Rig::new();
    let mut shown = Shown::default();
    for kind in KINDS {
        making(&rig, kind, &mut shown);
    }
    special_cases(&rig, &mut shown);
    keys_that_leave(&rig, &mut shown);
    looking(&rig, &mut shown);
    drills(&rig, &mut shown);
    deleting(&rig, &mut shown);
    let missing: Vec<String> = calls_in_the_sources().difference(&shown.calls).cloned().collect();
    assert!(missing.is_empty(), "these calls were not refused: {missing:?}");
    assert!(shown.calls.len() > 70, "{}", shown.calls.len());
}

/// Refuses each call that making and changing a resource of this kind needs.
fn making(rig: &Rig, kind: Kind, shown: &mut Shown) {
    let run = |name: &str| {
        let (all, tags) = resources(name);
        let mut chain = with_parents(&all, kind);
        let last = chain.pop().expect("the resource");
        let errors = rig.runtime.block_on(async {
            for parent in &chain {
                let made = Order { resource: parent, found: None, changed: names(parent), tags: &tags };
                write(&rig.clients, &made).await.expect("what it cannot be made without");
            }
            // What making the parents called does not count.
            let _ = rig.proxy.take_seen();
            make_and_change(&rig.clients, &last, &tags).await
        });
        errors.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    rig.proxy.refuse(None);
    let told = run(&shown.name());
    assert!(told.is_empty(), "{kind:?}: {told:#?}");
    for operation in rig.proxy.take_seen() {
        // Parents are made with what is refused, too: only calls that none of them needs.
        if shown.calls.contains(&operation) || operation == "sts:GetCallerIdentity" {
            continue;
        }
        rig.proxy.refuse(denied(&operation));
        let told = run(&shown.name());
        shown.note(rig, &operation, &told);
        rig.proxy.refuse(None);
    }
}

fn names(resource: &Resource) -> Vec<&str> {
    resource.properties.as_object().expect("properties").keys().map(String::as_str).collect()
}

/// Makes the first resource of a kind under a new name.
fn made(rig: &Rig, kind: Kind, shown: &mut Shown) -> (Resource, BTreeMap<String, String>) {
    let (all, tags) = resources(&shown.name());
    let resource = with_parents(&all, kind).pop().expect("the resource");
    let order = Order { resource: &resource, found: None, changed: names(&resource), tags: &tags };
    rig.runtime.block_on(write(&rig.clients, &order)).expect("the resource");
    (resource, tags)
}

/// Calls that are made in some states only.
fn special_cases(rig: &Rig, shown: &mut Shown) {
    // A bucket without tags is looked into.
    let (bucket, _) = made(rig, Kind::Bucket, shown);
    let untagged = rig.clients.s3.delete_bucket_tagging().bucket(bucket.name()).send();
    rig.runtime.block_on(untagged).expect("no tags");
    rig.proxy.refuse(denied("s3:ListObjectVersions"));
    let told = rig.runtime.block_on(read(&rig.clients, &bucket)).expect_err("a refusal").to_string();
    shown.note(rig, "s3:ListObjectVersions", &[told]);
    rig.proxy.refuse(None);

    // A log group that is kept for ever from now on.
    let (mut group, tags) = made(rig, Kind::LogGroup, shown);
    let found = rig.runtime.block_on(read(&rig.clients, &group)).expect("an answer");
    group.properties.as_object_mut().expect("properties").remove("RetentionInDays");
    rig.proxy.refuse(denied("logs:DeleteRetentionPolicy"));
    let order =
        Order { resource: &group, found: found.as_ref(), changed: vec!["RetentionInDays"], tags: &tags };
    let told = rig.runtime.block_on(write(&rig.clients, &order)).expect_err("a refusal").to_string();
    shown.note(rig, "logs:DeleteRetentionPolicy", &[told]);
    rig.proxy.refuse(None);

    // The sixth version of a policy makes room first.
    let (policy, tags) = made(rig, Kind::ManagedPolicy, shown);
    let found = rig.runtime.block_on(read(&rig.clients, &policy)).expect("an answer");
    let order =
        Order { resource: &policy, found: found.as_ref(), changed: vec!["PolicyDocument"], tags: &tags };
    for _ in 0..6 {
        rig.runtime.block_on(write(&rig.clients, &order)).expect("a version");
    }
    rig.proxy.refuse(denied("iam:DeletePolicyVersion"));
    let told = rig.runtime.block_on(write(&rig.clients, &order)).expect_err("a refusal").to_string();
    shown.note(rig, "iam:DeletePolicyVersion", &[told]);
    rig.proxy.refuse(None);

    // The account is asked for once.
    let fresh = clients(&rig.runtime, &rig.proxy, 1);
    rig.proxy.refuse(denied("sts:GetCallerIdentity"));
    let told = rig.runtime.block_on(fresh.account()).expect_err("a refusal").to_string();
    shown.note(rig, "sts:GetCallerIdentity", &[told]);
    rig.proxy.refuse(None);
}

/// A second key of the same tags is let go, and the alias of one that goes is given to its successor.
fn keys_that_leave(rig: &Rig, shown: &mut Shown) {
    let (key, tags) = made(rig, Kind::Key, shown);
    let used = rig.runtime.block_on(read(&rig.clients, &key)).expect("an answer").expect("the key").handle;
    let description = key.properties["Description"].as_str().expect("a text");
    let tag = |(key, value): (&String, &String)| {
        aws_sdk_kms::types::Tag::builder().tag_key(key).tag_value(value).build().expect("a tag")
    };
    let second = rig.clients.kms.create_key().description(description);
    let second = second.set_tags(Some(tags.iter().map(tag).collect()));
    rig.runtime.block_on(second.send()).expect("a second key");
    let name = format!("alias/{}", description.replace(' ', "-"));
    let alias = Resource::new("Alias", Kind::KeyAlias, serde_json::json!({"AliasName": name}));
    let order = Order { resource: &alias, found: None, changed: vec!["AliasName"], tags: &tags };
    rig.proxy.refuse(denied("kms:ScheduleKeyDeletion"));
    let told = rig.runtime.block_on(write(&rig.clients, &order)).expect_err("a refusal").to_string();
    shown.note(rig, "kms:ScheduleKeyDeletion", &[told]);
    rig.proxy.refuse(None);

    // Somebody lets the used one go: it counts as not there, and the next run makes one in its place.
    let leave = rig.clients.kms.schedule_key_deletion().key_id(&used).pending_window_in_days(7);
    rig.runtime.block_on(leave.send()).expect("a key that leaves");
    assert_eq!(rig.runtime.block_on(read(&rig.clients, &key)).expect("an answer"), None);
    let order = Order { resource: &key, found: None, changed: names(&key), tags: &tags };
    rig.proxy.refuse(denied("kms:UpdateAlias"));
    let told = rig.runtime.block_on(write(&rig.clients, &order)).expect_err("a refusal").to_string();
    shown.note(rig, "kms:UpdateAlias", &[told]);
    rig.proxy.refuse(None);
    rig.runtime.block_on(write(&rig.clients, &order)).expect("a successor");
    let now = rig.runtime.block_on(read(&rig.clients, &key)).expect("an answer").expect("the key").handle;
    assert_ne!(now, used);
}

/// Something of everything that alarms are made for.
fn furnish(rig: &Rig, shown: &mut Shown) {
    let (all, tags) = resources(&shown.name());
    for resource in with_parents(&all, Kind::MetricFilter) {
        let order = Order { resource: &resource, found: None, changed: names(&resource), tags: &tags };
        rig.runtime.block_on(write(&rig.clients, &order)).expect("a filter");
    }
    let clients = &rig.clients;
    rig.runtime.block_on(async {
        clients.ecs.create_cluster().cluster_name("main").send().await.expect("a cluster");
        let container = aws_sdk_ecs::types::ContainerDefinition::builder().name("app").image("app").build();
        let task = clients.ecs.register_task_definition().family("web").cpu("256").memory("512");
        task.container_definitions(container).send().await.expect("a task definition");
        let service = clients.ecs.create_service().cluster("main").service_name("web").task_definition("web");
        service.desired_count(1).send().await.expect("a service");
        let definition = r#"{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}"#;
        let machine = clients.states.create_state_machine().name("nightly").definition(definition);
        machine.role_arn("arn:aws:iam::123456789012:role/x").send().await.expect("a state machine");
    });
    let ec2 = "AWS4-HMAC-SHA256 Credential=a/20260101/ap-northeast-1/ec2/aws4_request, SignedHeaders=host, Signature=0";
    let headers = [("authorization", ec2), ("content-type", "application/x-www-form-urlencoded")];
    let answer = call("POST", &rig.moto.endpoint(), &headers, "Action=DescribeSubnets&Version=2016-11-15");
    let text = answer.expect("subnets").text();
    let subnets: Vec<&str> =
        text.split("<subnetId>").skip(1).filter_map(|rest| rest.split('<').next()).take(2).collect();
    let balancer = rig.clients.balancers.create_load_balancer().name("front");
    let balancer = balancer.subnets(subnets[0]).subnets(subnets[1]).send();
    rig.runtime.block_on(balancer).expect("a load balancer");
}

/// Discovery and what is listed of alarms.
fn looking(rig: &Rig, shown: &mut Shown) {
    furnish(rig, shown);
    let _ = rig.proxy.take_seen();
    let found = rig.runtime.block_on(discover(&rig.clients));
    assert!(found.failed.is_empty(), "{:?}", found.failed);
    for operation in rig.proxy.take_seen() {
        rig.proxy.refuse(denied(&operation));
        let found = rig.runtime.block_on(discover(&rig.clients));
        let told: Vec<String> = found.failed.iter().map(|(_, error)| error.to_string()).collect();
        shown.note(rig, &operation, &told);
        // Nobody may conclude from it that something is gone.
        assert!(!found.unknown().is_empty(), "{operation}");
    }
    rig.proxy.refuse(denied("cloudwatch:DescribeAlarms"));
    let text = "name = 'api'\n";
    let spec = sluice_pipeline::Spec::parse(text, "sluice.toml", None).expect("a spec");
    let context = Context { spec: &spec, env: None, manager: Manager::Bootstrap };
    let told = rig.runtime.block_on(existing(&rig.clients, &context)).expect_err("a refusal").to_string();
    shown.note(rig, "cloudwatch:DescribeAlarms", &[told]);
    rig.proxy.refuse(None);
}

fn drills(rig: &Rig, shown: &mut Shown) {
    let put = rig.clients.cloudwatch.put_metric_alarm().alarm_name("drill").namespace("a").metric_name("b");
    let put = put.period(60).evaluation_periods(1).threshold(1.0).statistic(Statistic::Sum);
    let put = put.comparison_operator(ComparisonOperator::GreaterThanThreshold);
    let put = put.alarm_actions("arn:aws:sns:ap-northeast-1:123456789012:nobody");
    rig.runtime.block_on(put.send()).expect("an alarm");
    for operation in ["DescribeAlarms", "DescribeAlarmHistory", "SetAlarmState"] {
        let operation = format!("cloudwatch:{operation}");
        rig.proxy.refuse(denied(&operation));
        let never = std::future::pending();
        let told = rig.runtime.block_on(drill(&rig.clients, "drill", Duration::from_secs(1), never));
        shown.note(rig, &operation, &[told.expect_err("a refusal").to_string()]);
    }
    rig.proxy.refuse(None);
}

/// An alarm that is pruned; one that is no longer ours by then stays.
fn deleting(rig: &Rig, shown: &mut Shown) {
    let (alarm, tags) = made(rig, Kind::Alarm, shown);
    let mut plan =
        rig.runtime.block_on(planned(&rig.clients, std::slice::from_ref(&alarm), &tags)).expect("a plan");
    plan.steps[0].action = Action::Delete;
    let go = |plan: &sluice_provision::plan::Plan| {
        let stop = std::sync::atomic::AtomicBool::new(false);
        let mut worked = rig.runtime.block_on(apply(&rig.clients, plan, &stop, &mut |_| {}));
        worked.remove(0).outcome
    };
    rig.proxy.refuse(denied("cloudwatch:DeleteAlarms"));
    let Outcome::Failed(error) = go(&plan) else { panic!("no refusal") };
    shown.note(rig, "cloudwatch:DeleteAlarms", &[error.to_string()]);
    rig.proxy.refuse(None);

    let others = plan.tags.clone().into_keys().map(|key| (key, "somebody".to_owned())).collect();
    let stale = sluice_provision::plan::Plan { tags: others, ..plan.clone() };
    let Outcome::Failed(error) = go(&stale) else { panic!("an alarm of somebody else is deleted") };
    assert!(error.to_string().contains("no longer has our tags"), "{error}");
    let Step { resource, .. } = &plan.steps[0];
    assert!(rig.runtime.block_on(read(&rig.clients, resource)).expect("an answer").is_some());
    assert!(matches!(go(&plan), Outcome::Done));
    assert_eq!(rig.runtime.block_on(read(&rig.clients, resource)).expect("an answer"), None);
}
