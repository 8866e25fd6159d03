//! What the spec asks for and Fluent Bit cannot do. Such a spec is refused, with the reason and the remedy: a
//! configuration that quietly does less is worse than none.

use std::fmt;

use sluice_pipeline::{ArchiveUrl, Encryption, LargeEvent, Spec, Topology};

use crate::pipeline::{is_fixed_zone, stream_of};
use crate::write::reference;

/// A setting that Fluent Bit cannot follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The setting.
    pub key: &'static str,
    /// Why it cannot be followed.
    pub why: String,
    /// What to do.
    pub remedy: String,
}

/// Every setting that Fluent Bit cannot follow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Unsupported(pub Vec<Refusal>);

impl fmt::Display for Unsupported {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Fluent Bit cannot do what the spec asks for")?;
        for Refusal { key, why, remedy } in &self.0 {
            write!(out, "\n{key}: {why}; {remedy}")?;
        }
        Ok(())
    }
}

const FORWARD: &str = "set fluent_bit.topology = \"forward\", so that log-router does it";

/// Looks for all of them.
pub(crate) fn check(spec: &Spec) -> Result<(), Unsupported> {
    let mut found = Found(Vec::new());
    secrets(spec, &mut found);
    match spec.fluent_bit.topology {
        Topology::Split => split(spec, &mut found),
        Topology::Forward => forward(spec, &mut found),
    }
    if found.0.is_empty() { Ok(()) } else { Err(Unsupported(found.0)) }
}

struct Found(Vec<Refusal>);

impl Found {
    fn refuse(&mut self, wrong: bool, key: &'static str, why: impl Into<String>, remedy: impl Into<String>) {
        if wrong {
            self.0.push(Refusal { key, why: why.into(), remedy: remedy.into() });
        }
    }
}

fn split(spec: &Spec, found: &mut Found) {
    let (archive, errors) = (&spec.archive, &spec.errors);
    found.refuse(
        matches!(archive.url, ArchiveUrl::File { .. }),
        "archive.url",
        "out_s3 writes to S3, and its file output neither compresses nor makes partitions",
        "give an s3:// URL",
    );
    found.refuse(
        archive.zone != "UTC",
        "archive.zone",
        "s3_key_format knows UTC only",
        format!("set it to \"UTC\" or {FORWARD}"),
    );
    found.refuse(
        archive.sse == Some(Encryption::Kms),
        "archive.sse",
        "out_s3 cannot ask for encryption by KMS",
        "set archive.sse = \"off\" and let the bucket's default encryption do it",
    );
    found.refuse(
        !archive.tags.is_empty(),
        "archive.tags",
        "out_s3 sets no tags",
        format!("remove them or {FORWARD}"),
    );
    found.refuse(
        archive.expected_bucket_owner.is_some(),
        "archive.expected_bucket_owner",
        "out_s3 does not check the bucket's owner",
        format!("remove it (and limit the task role to the bucket) or {FORWARD}"),
    );
    found.refuse(
        !(spec.redact.named.is_empty() && spec.redact.custom.is_empty()),
        "redact",
        "Fluent Bit masks nothing without a script of one's own",
        FORWARD,
    );
    found.refuse(
        errors.large_event == LargeEvent::Cut,
        "errors.large_event",
        "cloudwatch_logs cuts at its own limit and does not say so in the event",
        format!("remove it or {FORWARD}"),
    );
    found.refuse(
        !is_fixed_zone(&spec.parse.zone),
        "parse.zone",
        format!("a parser takes a fixed offset, and {} has daylight saving", spec.parse.zone),
        format!("let the application write UTC, or {FORWARD}"),
    );
    let stream = stream_of(spec);
    found.refuse(
        stream.contains("{boot}"),
        "errors.stream",
        "Fluent Bit has no number of its own for each start",
        "leave {boot} out",
    );
    let ends_well = |rest: &str| {
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        end.is_none_or(|end| rest[end..].starts_with(['.', ',']))
    };
    found.refuse(
        stream.split('$').skip(1).any(|rest| !ends_well(rest)),
        "errors.stream",
        "behind {task} and {container} its template takes only the end, '.' or ','",
        "write for example \"{service}/{container}.{task}\"",
    );
    found.refuse(
        spec.inputs.lines.unix.is_some(),
        "inputs.lines.unix",
        "Fluent Bit reads lines over TCP only",
        format!("use inputs.lines.tcp or {FORWARD}"),
    );
    found.refuse(
        spec.inputs.stdin.enabled,
        "inputs.stdin",
        "a service has no standard input",
        "use log-router pipe for that",
    );
}

fn forward(spec: &Spec, found: &mut Found) {
    let (router, forward) = (&spec.fluent_bit.router, &spec.inputs.forward);
    found.refuse(
        router.is_empty(),
        "fluent_bit.router",
        "log-router has no Forward input that Fluent Bit could send to",
        "set inputs.forward.tcp = \"127.0.0.1:24225\"",
    );
    found.refuse(
        router.ends_with(":24224") && router.starts_with("127.0.0.1"),
        "inputs.forward.tcp",
        "FireLens gives Fluent Bit port 24224 of the task, so log-router cannot have it",
        "set inputs.forward.tcp = \"127.0.0.1:24225\"",
    );
    let listens = |path: &std::path::PathBuf| path.as_os_str() == "/var/run/fluent.sock";
    found.refuse(
        !router.is_empty() && forward.unix.as_ref().is_some_and(listens),
        "inputs.forward.unix",
        "FireLens gives Fluent Bit /var/run/fluent.sock, so log-router cannot have it",
        "set inputs.forward.unix = \"off\" and inputs.forward.tcp = \"127.0.0.1:24225\", or another path",
    );
    found.refuse(
        forward.users.len() > 1,
        "inputs.forward.users",
        "it is open which of the users Fluent Bit is",
        "leave one user for it",
    );
}

/// Rendered files are checked in, so they hold references, never secrets.
fn secrets(spec: &Spec, found: &mut Found) {
    let forward = &spec.inputs.forward;
    let plain = |secret: &str| reference(secret).is_none();
    let remedy = "write \"${VARIABLE}\" and give the variable in the task definition, under secrets";
    let why = "a secret in plain would stand in the rendered file";
    let key = forward.shared_key.as_ref().is_some_and(|key| plain(key.expose()));
    found.refuse(key, "inputs.forward.shared_key", why, remedy);
    let user = forward.users.iter().any(|user| plain(user.password.expose()));
    found.refuse(user, "inputs.forward.users", why, remedy);
}
