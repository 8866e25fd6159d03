//! The desired state within the limits of AWS, also for the longest names that a spec may have.

use std::collections::BTreeSet;

use serde_json::Value;
use sluice_pipeline::Spec;
use sluice_provision::desired::{Context, Desired, Manager, desired};
use sluice_provision::packs::packs;
use sluice_provision::resource::{Kind, Resource};
use sluice_provision::scope::Scope;
use sluice_provision::template::template;

fn state(manager: Manager) -> (Desired, Vec<Resource>) {
    let (name, word) = ("n".repeat(64), "w".repeat(64));
    let mails: Vec<String> =
        (0..20).map(|n| format!("'on.call-{n}@example.com', 'on-call.{n}@example.com'")).collect();
    let text = format!(
        "name = '{name}'\nregion = 'ap-northeast-1'\narchive.url = 's3://{}/app'\nmetrics.emf = true\n\
         archive.tags = {{ team = 'core' }}\narchive.sse = 'kms'\narchive.kms_key = 'alias/logs'\n\
         catalog.waf_bucket = 'aws-waf-logs-example'\n\
         [alerts]\nemail = [{}]\nslack_workspace = 'T0123456789'\nslack_channel = 'C0123456789'\n\
         [monitor]\necs_cluster = '{word}'\necs_service = '{word}'\ndb_cluster = '{word}'\n\
         load_balancer = 'app/web/50dc6c495c0c9188'\ntarget_group = 'targetgroup/web/73e2d6bc24d8a067'\n\
         [env.production-europe]\n",
        "b".repeat(63),
        mails.join(", ")
    );
    let env = Some("production-europe");
    let spec = Spec::parse(&text, "sluice.toml", env).expect("a spec");
    let context = Context { spec: &spec, env, manager };
    let all = desired(&context, &packs()).expect("a desired state");
    let scope = Scope::new("123456789012", "ap-northeast-1", all.parameters.clone());
    let resolved = scope.resolve_all(&all.resources);
    (all, resolved)
}

fn texts<'a>(resource: &'a Resource, name: &str) -> &'a str {
    resource.properties[name].as_str().unwrap_or_default()
}

#[test]
fn the_template_is_within_cloudformations_limits() {
    let (all, _) = state(Manager::CloudFormation);
    let template = template(&all, "the longest");
    let size = serde_json::to_string_pretty(&template).expect("JSON").len();
    // Over 51,200 bytes it has to come from S3, where a template may have 1 MB.
    assert!(size < 1_000_000, "{size}");
    let count = |part: &str| template[part].as_object().map_or(0, serde_json::Map::len);
    assert!(count("Resources") <= 500 && count("Resources") == all.resources.len(), "{}", count("Resources"));
    assert!(count("Outputs") <= 200 && count("Parameters") <= 200);
    for id in template["Resources"].as_object().expect("resources").keys() {
        assert!(id.len() <= 255 && id.chars().all(|c| c.is_ascii_alphanumeric()), "{id}");
    }
}

#[test]
fn addresses_that_differ_in_their_signs_only_are_told_both() {
    let (_, all) = state(Manager::Apply);
    let subscriptions = all.iter().filter(|resource| resource.kind == Kind::Subscription);
    let ids: BTreeSet<&str> = subscriptions.map(|resource| resource.id.as_str()).collect();
    assert_eq!(ids.len(), 2 * 40);
}

#[test]
fn names_and_texts_are_as_short_as_each_service_wants() {
    let (_, all) = state(Manager::Apply);
    let most = |kind: Kind| match kind {
        Kind::Role => 64,
        Kind::ManagedPolicy | Kind::WorkGroup | Kind::NamedQuery => 128,
        Kind::Alarm | Kind::Dashboard | Kind::Database | Kind::Table => 255,
        Kind::Topic | Kind::KeyAlias => 256,
        Kind::LogGroup | Kind::MetricFilter => 512,
        _ => usize::MAX,
    };
    for resource in &all {
        let name = resource.name();
        assert!(name.len() <= most(resource.kind), "{name}");
        for tag in resource.properties["Tags"].as_array().into_iter().flatten() {
            let length = |field: &str| tag[field].as_str().expect("a text").len();
            assert!(length("Key") <= 128 && length("Value") <= 256, "{name}: {tag}");
        }
        assert!(resource.properties["Tags"].as_array().is_none_or(|tags| tags.len() <= 50), "{name}");
        match resource.kind {
            Kind::Alarm => assert!(texts(resource, "AlarmDescription").len() <= 1024, "{name}"),
            Kind::Topic => assert!(texts(resource, "DisplayName").len() <= 100, "{name}"),
            Kind::Key => assert!(texts(resource, "Description").len() <= 8192, "{name}"),
            Kind::ManagedPolicy => {
                assert!(resource.properties["PolicyDocument"].to_string().len() <= 6144, "{name}");
                assert!(texts(resource, "Description").len() <= 1000, "{name}");
            }
            Kind::BucketPolicy => {
                assert!(resource.properties["PolicyDocument"].to_string().len() <= 20_480, "{name}");
            }
            Kind::Dashboard => within_a_dashboards_limits(texts(resource, "DashboardBody")),
            _ => {}
        }
    }
}

fn within_a_dashboards_limits(body: &str) {
    let body: Value = serde_json::from_str(body).expect("JSON");
    let widgets = body["widgets"].as_array().expect("widgets");
    assert!(widgets.len() <= 500);
    let metrics = |widget: &Value| widget["properties"]["metrics"].as_array().map_or(0, Vec::len);
    assert!(widgets.iter().all(|widget| metrics(widget) <= 500));
    // Of all widgets together; up to 50 cost no more than a dashboard of the least price.
    assert!(widgets.iter().map(metrics).sum::<usize>() <= 50);
    for widget in widgets {
        let place = |field: &str| widget[field].as_u64().expect("a number");
        assert!(place("x") + place("width") <= 24 && place("height") >= 1);
        for metric in widget["properties"]["metrics"].as_array().into_iter().flatten() {
            // Thirty dimensions at most, each a name and a value behind namespace and metric.
            assert!(metric.as_array().is_some_and(|metric| metric.len() <= 62), "{metric}");
        }
    }
}

#[test]
fn nothing_is_allowed_to_all_or_on_all_that_must_not_be() {
    let (_, all) = state(Manager::Apply);
    for resource in &all {
        let document = ["PolicyDocument", "KeyPolicy", "AssumeRolePolicyDocument"]
            .iter()
            .map(|name| &resource.properties[*name])
            .find(|document| document.is_object());
        for statement in document.into_iter().flat_map(|d| d["Statement"].as_array().expect("statements")) {
            if statement["Effect"] != "Allow" {
                continue;
            }
            let name = format!("{} {}", resource.id, statement["Sid"]);
            assert_ne!(statement["Principal"], "*", "{name}");
            assert_ne!(statement["Principal"]["AWS"], "*", "{name}");
            let list = |field: &str| match &statement[field] {
                Value::Array(list) => list.clone(),
                one => vec![one.clone()],
            };
            // In the policy of a key "*" is the key itself.
            if resource.kind != Kind::Key {
                assert!(
                    !list("Action").iter().any(|action| action.as_str().is_some_and(|a| a.contains('*'))),
                    "{name}"
                );
                assert!(!list("Resource").contains(&"*".into()), "{name}");
            }
            // A key of an unknown id is bound to its alias.
            if list("Resource").iter().any(|arn| arn.as_str().is_some_and(|arn| arn.ends_with(":key/*"))) {
                let alias = &statement["Condition"]["ForAnyValue:StringEquals"]["kms:ResourceAliases"];
                assert_eq!(alias, "alias/logs", "{name}");
            }
        }
    }
}
