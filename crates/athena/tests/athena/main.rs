//! Athena's API by moto, and by a scripted server what moto lacks: failed queries, statistics, pages of results,
//! BatchGetQueryExecution, BatchGetNamedQuery, UpdateNamedQuery and UpdateWorkGroup.
#![allow(clippy::unwrap_used)]

mod endings;
mod published;
mod results;
mod script;
mod tables;

use aws_sdk_athena::config::{Credentials, SharedCredentialsProvider};
use sluice_athena::{Athena, Error, Options, Outcome, Settings};
use tokio::runtime::Runtime;

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// A configuration for an emulator.
fn configuration(runtime: &Runtime, endpoint: &str) -> aws_config::SdkConfig {
    let keys = Credentials::new("testing", "testing", None, None, "test");
    let loaded = runtime.block_on(sluice_athena::configuration(Some("us-east-1")));
    let builder = loaded.into_builder().endpoint_url(endpoint);
    builder.credentials_provider(SharedCredentialsProvider::new(keys)).build()
}

/// A client whose results go to a bucket.
fn athena(runtime: &Runtime, endpoint: &str, change: impl FnOnce(&mut Settings)) -> Athena {
    let mut settings = Settings::new("sluice");
    change(&mut settings);
    Athena::new(&configuration(runtime, endpoint), settings)
}

fn ask(runtime: &Runtime, athena: &Athena) -> Result<Outcome, Error> {
    runtime.block_on(athena.query("SELECT 1", &Options::default()))
}

/// The answer as lines of JSON.
fn lines(outcome: &Outcome) -> Vec<String> {
    let mut bytes = Vec::new();
    let style = sluice_present::Style::default();
    sluice_present::write(&outcome.answer, sluice_present::Format::Jsonl, &style, None, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect()
}
