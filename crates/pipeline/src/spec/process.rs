//! The router as a process: its endpoints, its end, its own metrics, its place in ECS.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use crate::{
    define::section,
    values::{duration::Span, text::Text},
};

section! {
    /// The router's HTTP endpoint.
    pub struct Admin {
        /// Address to listen on.
        listen: Option<SocketAddr> { default: "127.0.0.1:2020", example: "127.0.0.1:2021", },
    }
}

section! {
    /// The health answer of FireLens.
    pub struct Health {
        /// Address to listen on.
        listen: Option<SocketAddr> { default: "127.0.0.1:8877", example: "127.0.0.1:8878", },
    }
}

section! {
    /// What happens on SIGTERM: read until the sockets are quiet, seal, deliver, exit.
    pub struct Shutdown {
        /// Everything must be over by then; what is not delivered stays in the spool.
        ///
        /// Keep it below the container's stopTimeout (30 s by default, 120 s at most on Fargate): SIGKILL follows.
        deadline: Duration { default: "25s", example: "110s", rule: Span::millis(100, 3_600_000), },
        /// The sockets are quiet when nothing came in for so long.
        quiet: Duration { default: "500ms", example: "2s", rule: Span::millis(0, 60_000), },
    }
}

section! {
    /// The router's own counters, besides /metrics.
    pub struct Metrics {
        /// Write the counters to standard output in CloudWatch's Embedded Metric Format.
        emf: bool { default: false, example: true, },
        /// Metric namespace of them.
        emf_namespace: String { default: "Sluice", example: "Example/Sluice", rule: Text::Namespace, },
        /// How often they are written.
        emf_every: Duration { default: "60s", example: "5m", rule: Span::seconds(1, 3600), },
    }
}

section! {
    /// Where the task's identity comes from.
    pub struct Ecs {
        /// The file that FireLens mounts, with cluster, task and task definition; "off" does not read it.
        firelens_file: Option<PathBuf> {
            default: "/fluent-bit/etc/fluent-bit.conf",
            example: "/etc/firelens.conf",
        },
        /// Ask the task metadata endpoint (ECS_CONTAINER_METADATA_URI_V4) for what the file does not say.
        metadata: bool { default: true, example: false, },
    }
}
