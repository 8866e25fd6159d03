//! The inputs of a host: ECS writes those of FireLens itself.

use sluice_pipeline::{Spec, TailFrom};

use crate::config::{Kind, Section};

/// What an input may hold in memory when it is not on disk, as a share of the container's memory.
const SHARE: u64 = 8;

/// The inputs that the spec has.
pub(super) fn sections(spec: &Spec) -> Vec<Section> {
    let mut sections = Vec::new();
    let limit = format!("{}M", (spec.fluent_bit.memory.0 / SHARE) >> 20);
    let limited = |section: Section| {
        section
            .set_why(
                "The input pauses above it; what its clients send then waits in their own buffers.",
                "mem_buf_limit",
                &limit,
            )
            .set("storage.type", "filesystem")
    };
    let inputs = &spec.inputs;
    if let Some(unix) = &inputs.forward.unix {
        sections.push(limited(
            Section::plugin(Kind::Input, "forward", "Fluentd Forward protocol over a unix socket.")
                .set("unix_path", unix.display())
                .set("tag_prefix", "app."),
        ));
    }
    if let Some(tcp) = &inputs.forward.tcp {
        let mut section = Section::plugin(Kind::Input, "forward", "The same over TCP.")
            .set("listen", tcp.ip())
            .set("port", tcp.port())
            .set("tag_prefix", "app.");
        if let Some(key) = &inputs.forward.shared_key {
            section = section.set("shared_key", key.expose());
        }
        for user in &inputs.forward.users {
            section = section.set("security.users", format!("{} {}", user.name, user.password.expose()));
        }
        let tls = &inputs.forward.tls;
        if let (Some(cert), Some(key)) = (&tls.cert, &tls.key) {
            section = section
                .set("tls", "on")
                .set("tls.crt_file", cert.display())
                .set("tls.key_file", key.display());
        }
        sections.push(limited(section));
    }
    if let Some(tcp) = &inputs.lines.tcp {
        sections.push(limited(
            Section::plugin(Kind::Input, "tcp", "Lines over TCP.")
                .set("listen", tcp.ip())
                .set("port", tcp.port())
                .set("format", "none")
                .set("separator", "\\n")
                .set("tag", "app.lines"),
        ));
    }
    if !inputs.tail.paths.is_empty() {
        let tail = &inputs.tail;
        let mut section = Section::plugin(Kind::Input, "tail", "Files that are followed.")
            .set("path", tail.paths.join(","))
            .set("tag", "app.*");
        if !tail.exclude.is_empty() {
            section = section.set("exclude_path", tail.exclude.join(","));
        }
        sections.push(limited(
            section
                .set("key", "log")
                .set("read_from_head", if tail.from == TailFrom::Beginning { "on" } else { "off" })
                .set_why(
                    "How far each file was read, across restarts.",
                    "db",
                    format!("{}/tail.db", spec.fluent_bit.buffer_dir.display()),
                )
                .set("refresh_interval", tail.scan_every.as_secs().max(1))
                .set_why("A longer line is left out, not the whole file.", "skip_long_lines", "on")
                .set("buffer_max_size", format!("{}k", (spec.inputs.max_line_bytes.0 >> 10).max(1))),
        ));
    }
    sections
}
