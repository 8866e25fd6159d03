//! The split, CloudWatch Logs, S3, and log-router.

use sluice_pipeline::{ArchiveUrl, Level, LogClass, Spec, StorageClass};

use super::join::emitter_limit;
use super::{ERRORS, Place};
use crate::config::{Kind, Section};
use crate::region;

/// Copies of errors under a tag of their own; the originals go on.
pub(super) fn split(spec: &Spec, place: Place) -> Section {
    let levels: Vec<&str> = Level::ALL
        .iter()
        .filter(|level| **level >= spec.errors.min_level)
        .map(|level| level.as_str())
        .collect();
    Section::plugin(
        Kind::Filter,
        "rewrite_tag",
        "The split: a copy of each error goes to CloudWatch Logs under its own tag, the original stays for S3.\n\
         It stands behind the joins: a copy enters the pipeline anew, and a join would take it apart again.",
    )
    .set("match", place.tags())
    .set("rule", format!("$level ^({})$ {ERRORS} true", levels.join("|")))
    .set("emitter_name", "errors")
    .set_why(
        "On disk, yet a copy that waits in the emitter is lost by SIGKILL; the original in S3 is not.",
        "emitter_storage.type",
        "filesystem",
    )
    .set_why(
        "Above it the input pauses. Its default of 10M, three times over, would not fit the container.",
        "emitter_mem_buf_limit",
        emitter_limit(spec),
    )
}

/// Errors to CloudWatch Logs.
pub(super) fn cloudwatch(spec: &Spec) -> Section {
    let errors = &spec.errors;
    let mut section = Section::plugin(Kind::Output, "cloudwatch_logs", "Errors.")
        .set("match", ERRORS)
        .set("region", region(spec))
        .set("log_group_name", &errors.log_group);
    let stream = stream(spec);
    let prefix: String = stream.split('$').next().unwrap_or_default().to_owned();
    if stream == prefix {
        section = section.set("log_stream_name", stream);
    } else {
        section = section
            .set_why(
                "For a record that does not know its task.",
                "log_stream_prefix",
                if prefix.is_empty() { "errors-".to_owned() } else { prefix },
            )
            .set("log_stream_template", stream);
    }
    if errors.create_group {
        section = section.set("auto_create_group", "on");
        if let Some(days) = errors.retention_days {
            section = section.set_why(
                "Set when the group is made; for ever without it.",
                "log_retention_days",
                days,
            );
        }
        if errors.log_class == LogClass::InfrequentAccess {
            section = section.set("log_group_class", "INFREQUENT_ACCESS");
        }
    }
    buffered(spec, section.set("workers", 1))
}

/// The stream's name in Fluent Bit's words; `supported.rs` has made sure that there are such.
pub(crate) fn stream(spec: &Spec) -> String {
    spec.errors
        .stream
        .replace("{service}", &spec.service)
        .replace("{task}", "$task")
        .replace("{container}", "$container")
}

/// Everything to S3.
pub(super) fn s3(spec: &Spec, place: Place) -> Section {
    let (archive, settings) = (&spec.archive, &spec.fluent_bit);
    let ArchiveUrl::S3 { bucket, prefix } = &archive.url else {
        unreachable!("an archive in a folder is refused before");
    };
    let slash = if prefix.is_empty() { "" } else { "/" };
    let key = format!("/{prefix}{slash}year=%Y/month=%m/day=%d/hour=%H/{}-$TAG-$UUID.json.gz", spec.service);
    let mut section = Section::plugin(Kind::Output, "s3", "Everything, errors too.")
        .set("match", place.tags())
        .set("region", region(spec))
        .set("bucket", bucket)
        .set_why(
            "UTC. The hour is that of the object's first record, so keep objects short-lived (upload_timeout).",
            "s3_key_format",
            key,
        )
        .set("static_file_path", "on")
        .set_why(
            "One request an object: an upload in parts would need parts of 5 MB, which a small service never fills.",
            "use_put_object",
            "on",
        )
        .set("compression", "gzip")
        .set("content_type", "application/json")
        .set_why("An object is closed when it is so large, and compressed in memory as a whole, …", "total_file_size", settings.upload_bytes.0)
        .set_why("… or so old.", "upload_timeout", format!("{}s", settings.upload_after.as_secs()))
        .set_why("The record's time as the tables name it.", "json_date_key", "ts")
        .set("json_date_format", "iso8601")
        .set_why(
            "Objects grow here. On a volume they outlive the container; S3 keeps no copy until they are closed.",
            "store_dir",
            format!("{}/s3", settings.buffer_dir.display()),
        )
        .set("store_dir_limit_size", settings.disk_limit.0);
    if archive.storage_class != StorageClass::Standard {
        section = section.set("storage_class", archive.storage_class.as_str().to_uppercase());
    }
    buffered(spec, section)
}

/// Everything to a log-router.
pub(super) fn log_router(spec: &Spec, place: Place) -> Section {
    let settings = &spec.fluent_bit;
    let section = Section::plugin(
        Kind::Output,
        "forward",
        "log-router keeps chunk ids: one that is sent again after a lost acknowledgement is not stored twice.",
    )
    .set("match", place.tags());
    let section = match settings.router.strip_prefix("unix:") {
        Some(path) => section.set("unix_path", path),
        None => {
            let (host, port) = settings.router.rsplit_once(':').unwrap_or((&settings.router, "24224"));
            section.set("host", host.trim_matches(['[', ']'])).set("port", port)
        }
    };
    let mut section = section.set_why(
        "A chunk leaves the buffer when log-router has it on its disk, not when it is sent.",
        "require_ack_response",
        "on",
    );
    let forward = &spec.inputs.forward;
    if !settings.router.starts_with("unix:") {
        if let Some(key) = &forward.shared_key {
            section = section.set("shared_key", key.expose());
        }
        if let Some(user) = forward.users.first() {
            section = section.set("username", &user.name).set("password", user.password.expose());
        }
        if forward.tls.cert.is_some() {
            section = section.set("tls", "on").set("tls.verify", "on");
        }
    }
    buffered(spec, section)
}

/// What every output that delivers over the network has.
fn buffered(spec: &Spec, section: Section) -> Section {
    let settings = &spec.fluent_bit;
    section
        .set_why(
            "By default a chunk is dropped after one retry.",
            "retry_limit",
            settings.retries.map_or_else(|| "no_limits".to_owned(), |retries| retries.to_string()),
        )
        .set_why("The oldest chunks go above it.", "storage.total_limit_size", settings.disk_limit.0)
}
