//! Fluent Bit configuration from the spec: the files that a team with Fluent Bit needs, as an expert would write them.
//!
//! ```
//! let spec = sluice_pipeline::Spec::parse(
//!     "name = 'api'\nregion = 'ap-northeast-1'\narchive.url = 's3://example-logs/app'",
//!     "sluice.toml",
//!     None,
//! )?;
//! let files = sluice_fluent_bit::render(&spec)?;
//! assert!(files.iter().any(|file| file.name == "fluent-bit.conf" && file.text.contains("[OUTPUT]")));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | folder or file | does |
//! |---|---|
//! | `config.rs` | what a configuration is: sections of properties, each with the reason it is there |
//! | `write/` | the same configuration in Fluent Bit's classic format and as YAML |
//! | `pipeline/` | which sections there are: inputs, joins, parsers, columns, levels, split, outputs |
//! | `deploy/` | what runs it: container definition, Dockerfile, task-role policy |
//! | `supported.rs` | what the spec asks for and Fluent Bit cannot do |
//!
//! Facts about Fluent Bit are of version 5.1.1, from its sources and from runs of it.

#![forbid(unsafe_code)]

mod config;
mod deploy;
mod pipeline;
mod supported;
mod write;

use sluice_pipeline::Spec;

pub use config::{Config, Kind, Property, Section};
pub use supported::{Refusal, Unsupported};
pub use write::{Unwritable, classic, yaml};

/// A rendered file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: &'static str,
    /// Its text, with a line feed at its end.
    pub text: String,
}

/// Why nothing is rendered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The spec asks for what Fluent Bit cannot do.
    #[error(transparent)]
    Unsupported(#[from] Unsupported),
    /// A value has no form in Fluent Bit's formats.
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
}

/// Names of all files that there can be; a topology may leave some out.
pub const NAMES: [&str; 6] = [CONF, PARSERS, YAML, DOCKERFILE, CONTAINER, POLICY];

const CONF: &str = "fluent-bit.conf";
const PARSERS: &str = "parsers.conf";
const YAML: &str = "fluent-bit.yaml";
const DOCKERFILE: &str = "Dockerfile";
const CONTAINER: &str = "firelens-container.json";
const POLICY: &str = "task-role-policy.json";

/// Every file of the spec's topology: the classic format for FireLens, YAML for hosts and Kubernetes, and what runs
/// them in ECS.
///
/// # Errors
/// When the spec asks for what Fluent Bit cannot do, all of it at once; when a value cannot be written.
pub fn render(spec: &Spec) -> Result<Vec<File>, Error> {
    supported::check(spec)?;
    let firelens = pipeline::firelens(spec);
    let parsers = pipeline::parsers(spec);
    let mut files = vec![File { name: CONF, text: classic(&firelens)? }];
    if !parsers.sections.is_empty() {
        files.push(File { name: PARSERS, text: classic(&parsers)? });
    }
    files.push(File { name: YAML, text: yaml(&pipeline::host(spec))? });
    files.push(File { name: DOCKERFILE, text: deploy::dockerfile(spec, !parsers.sections.is_empty()) });
    files.push(File { name: CONTAINER, text: deploy::container(spec) });
    files.push(File { name: POLICY, text: deploy::policy(spec) });
    Ok(files)
}

/// The region, or a reference to what ECS sets.
fn region(spec: &Spec) -> &str {
    spec.region.as_deref().unwrap_or("${AWS_REGION}")
}
