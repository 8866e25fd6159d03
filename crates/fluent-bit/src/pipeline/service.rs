//! `[SERVICE]`: the process, its buffers and its end.

use std::time::Duration;

use sluice_pipeline::Spec;

use super::Place;
use crate::config::{Kind, Section};

/// What a chunk of the buffers takes in memory at most, and what of the container's memory chunks may take: a quarter.
const CHUNK: u64 = 2 << 20;
/// Between the end of Fluent Bit's grace and SIGKILL.
const MARGIN: Duration = Duration::from_secs(5);

/// The section. In FireLens parsers stand in a file of their own.
pub(super) fn section(spec: &Spec, place: Place, parsers_file: Option<String>) -> Section {
    let settings = &spec.fluent_bit;
    let chunks = (settings.memory.0 / 4 / CHUNK).max(4);
    let grace = settings.stop_timeout.saturating_sub(MARGIN).as_secs();
    let mut section = Section::new(Kind::Service, "")
        .set("flush", settings.flush.as_secs())
        .set_why(
            &format!(
                "SIGKILL comes {} s after SIGTERM (stopTimeout). Fluent Bit shares the grace between inputs and \
                 outputs, so leave it as much of that as can be.",
                settings.stop_timeout.as_secs()
            ),
            "grace",
            grace,
        )
        .set("log_level", "info");
    if let Some(file) = parsers_file {
        section = section.set("parsers_file", file);
    }
    section = section
        .set_why(
            "Chunks live on disk: memory holds the few that are worked on, and a restart finds the rest.",
            "storage.path",
            format!("{}/chunks", settings.buffer_dir.display()),
        )
        .set("storage.type", "filesystem");
    if place == Place::FireLens {
        section = section.set_why(
            "The inputs are ECS's, and in memory unless they inherit the type (Fluent Bit 4.1 and later).",
            "storage.inherit",
            "on",
        );
    }
    section
        .set("storage.sync", "normal")
        .set_why(
            &format!("{chunks} chunks of 2 MB are a quarter of the container's {}.", settings.memory),
            "storage.max_chunks_up",
            chunks,
        )
        .set("storage.backlog.mem_limit", "8M")
        .set_why(
            "Health for the container's check and for people: /api/v1/health and /api/v2/metrics/prometheus.",
            "http_server",
            "on",
        )
        .set("http_listen", if place == Place::FireLens { "127.0.0.1" } else { "0.0.0.0" })
        .set("http_port", 2020)
        .set("health_check", "on")
        .set_why("Unhealthy after five failed deliveries within a minute.", "hc_errors_count", 5)
        .set("hc_retry_failure_count", 5)
        .set("hc_period", 60)
}
