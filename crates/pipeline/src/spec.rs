//! The spec: what the whole of `sluice.toml` means, one struct a table.
//!
//! The structs here are at once the types the router reads and the definitions of the settings (`define.rs`).

pub(crate) mod archive;
pub(crate) mod deliver;
pub(crate) mod errors;
pub(crate) mod fluent_bit;
pub(crate) mod inputs;
pub(crate) mod parse;
pub(crate) mod process;
pub(crate) mod provision;
pub(crate) mod redact;
pub(crate) mod spool;

use crate::{define::section, values::text::Text};

section! {
    /// A pipeline: its inputs, what is done to a line, and where it goes.
    pub struct Spec {
        /// The pipeline's name.
        ///
        /// It is part of the default log group and of the names of AWS resources.
        name: String { example: "api", rule: Text::Name, },
        /// AWS region of the log group and the resources.
        ///
        /// When it is not set, the AWS SDK's own chain decides (AWS_REGION, the profile).
        region: Option<String> { example: "ap-northeast-1", rule: Text::Region, },
        /// The service that records belong to when their input does not say.
        ///
        /// It stands in every record and in the archive's object keys.
        service: String { derived: "`name`", example: "backend", rule: Text::Name, },
        /// Where every record goes: gzip objects under hourly partitions.
        archive: archive::Archive {},
        /// The gate to CloudWatch Logs: records at `min_level` and above go there too.
        errors: errors::Errors {},
        /// Where lines come from.
        ///
        /// When no input is configured, the router stands in for FireLens: it listens on the unix socket
        /// /var/run/fluent.sock and on 127.0.0.1:24224.
        inputs: inputs::Inputs {},
        /// How a line becomes a record.
        parse: parse::Parse {},
        /// What is masked in every record before it is stored or sent anywhere.
        redact: redact::Redact {},
        /// The log on disk between the inputs and the sinks. A slow sink costs disk, not memory.
        spool: spool::Spool {},
        /// How segments are delivered to S3 and CloudWatch, and retried.
        deliver: deliver::Deliver {},
        /// The router's HTTP endpoint: /healthz, /readyz, /metrics.
        admin: process::Admin {},
        /// The health answer that FireLens task definitions ask for.
        health: process::Health {},
        /// What happens on SIGTERM.
        shutdown: process::Shutdown {},
        /// The router's own counters, besides /metrics.
        metrics: process::Metrics {},
        /// Where the task's identity (cluster, task, container) comes from.
        ecs: process::Ecs {},
        /// The Fluent Bit configuration that `logctl render fluent-bit` writes, for those who stay with Fluent Bit.
        fluent_bit: fluent_bit::FluentBit {},
        /// Who is told when an alarm goes off.
        alerts: provision::Alerts {},
        /// Which alarms there are, and when they go off.
        alarms: provision::Alarms {},
        /// What the spec's own alarms and dashboards watch.
        monitor: provision::Monitor {},
        /// Tables over the logs, and the Athena work group that queries them.
        catalog: provision::CatalogSettings {},
    }
}
