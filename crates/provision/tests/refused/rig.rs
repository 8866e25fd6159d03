//! Clients of moto through a proxy that refuses, and the resources of a spec.

use std::collections::BTreeMap;

use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::{Credentials, SharedCredentialsProvider};
use sluice_pipeline::Spec;
use sluice_provision::api::{ApiError, Clients, Order, read, write};
use sluice_provision::desired::{Context, Manager, desired};
use sluice_provision::packs::packs;
use sluice_provision::plan::{Plan, plan};
use sluice_provision::resource::{Kind, Resource};
use sluice_provision::scope::Scope;
use sluice_testkit::moto::Moto;
use sluice_testkit::refusals::{Refusal, RefusingProxy};
use tokio::runtime::Runtime;

pub(crate) const REGION: &str = "ap-northeast-1";

pub(crate) struct Rig {
    pub(crate) moto: Moto,
    pub(crate) proxy: RefusingProxy,
    pub(crate) clients: Clients,
    pub(crate) runtime: Runtime,
}

impl Rig {
    pub(crate) fn new() -> Rig {
        let moto = Moto::start();
        let proxy = RefusingProxy::start(&moto.endpoint());
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let clients = clients(&runtime, &proxy, 1);
        Rig { moto, proxy, clients, runtime }
    }
}

/// Clients that try each call so often.
pub(crate) fn clients(runtime: &Runtime, proxy: &RefusingProxy, attempts: u32) -> Clients {
    let loaded = runtime.block_on(sluice_aws::configuration(Some(REGION)));
    let retry = RetryConfig::standard()
        .with_max_attempts(attempts)
        .with_initial_backoff(std::time::Duration::from_millis(1));
    let credentials = Credentials::new("testing", "testing", None, None, "the test");
    let config = loaded
        .into_builder()
        .endpoint_url(proxy.endpoint())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(retry);
    Clients::new(&config.build())
}

pub(crate) fn denied(operation: &str) -> Refusal {
    let (code, message) = ("AccessDeniedException", "made by the test".to_owned());
    Refusal { operation: operation.to_owned(), status: 403, code, message }
}

/// The resources of a spec with this name, and the tags that make them ours.
pub(crate) fn resources(name: &str) -> (Vec<Resource>, BTreeMap<String, String>) {
    let text = format!(
        "name = '{name}'\nregion = '{REGION}'\narchive.url = 's3://{name}-logs/app'\n\
         errors.retention_days = 7\nalerts.email = ['ops@example.com']\nmonitor.ecs_cluster = 'main'\n\
         monitor.ecs_service = 'web'\n"
    );
    let spec = Spec::parse(&text, "sluice.toml", None).expect("a spec");
    let context = Context { spec: &spec, env: None, manager: Manager::Apply };
    let all = desired(&context, &packs()).expect("a desired state");
    let scope = Scope::new("123456789012", REGION, all.parameters);
    (scope.resolve_all(&all.resources), context.tags())
}

/// The first resource of a kind, and before it what it cannot be made without.
pub(crate) fn with_parents(resources: &[Resource], kind: Kind) -> Vec<Resource> {
    let parent = match kind {
        Kind::BucketPolicy => Some(Kind::Bucket),
        Kind::MetricFilter => Some(Kind::LogGroup),
        Kind::TopicPolicy | Kind::Subscription => Some(Kind::Topic),
        Kind::KeyAlias => Some(Kind::Key),
        Kind::Table => Some(Kind::Database),
        Kind::NamedQuery => Some(Kind::WorkGroup),
        _ => None,
    };
    let first = |kind: Kind| resources.iter().find(|resource| resource.kind == kind).expect("a resource");
    parent.into_iter().chain([kind]).map(|kind| first(kind).clone()).collect()
}

/// Reads a resource, makes it, reads it, and sets all of its properties anew; returns what went wrong.
pub(crate) async fn make_and_change(
    clients: &Clients,
    resource: &Resource,
    tags: &BTreeMap<String, String>,
) -> Vec<ApiError> {
    let mut errors = Vec::new();
    let all = |resource: &Resource| -> Vec<String> {
        resource.properties.as_object().expect("properties").keys().cloned().collect()
    };
    for _ in 0..2 {
        let found = match read(clients, resource).await {
            Ok(found) => found,
            Err(error) => {
                errors.push(error);
                None
            }
        };
        let changed = all(resource);
        // What AWS never changes is not asked for.
        let fixed = ["LogGroupClass", "Description", "Database"];
        let is_fixed = |name: &str| {
            fixed.contains(&name)
                && matches!(resource.kind, Kind::LogGroup | Kind::ManagedPolicy | Kind::NamedQuery)
        };
        let changed = changed.iter().map(String::as_str).filter(|name| found.is_none() || !is_fixed(name));
        let order = Order { resource, found: found.as_ref(), changed: changed.collect(), tags };
        errors.extend(write(clients, &order).await.err());
    }
    errors
}

/// A plan for these resources.
pub(crate) async fn planned(
    clients: &Clients,
    resources: &[Resource],
    tags: &BTreeMap<String, String>,
) -> Result<Plan, ApiError> {
    plan(clients, resources.to_vec(), &[], tags, Vec::new()).await
}
