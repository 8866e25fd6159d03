//! `[fluent_bit]`: the configuration that `logctl render fluent-bit` writes. The router does not read it.

use std::{path::PathBuf, time::Duration};

use crate::{
    define::{choices, section},
    values::{
        duration::Span,
        size::{ByteSize, GIB, MIB, Sizes},
        text::Text,
        whole::Whole,
    },
};

section! {
    /// The Fluent Bit configuration that `logctl render fluent-bit` writes, for those who stay with Fluent Bit.
    pub struct FluentBit {
        /// Whether Fluent Bit does all of the work, or stands before a log-router.
        topology: Topology { default: "split", example: "forward", },
        /// Image that the container's image is built on.
        image: String {
            default: "public.ecr.aws/aws-observability/aws-for-fluent-bit:3.0.0",
            example: "fluent/fluent-bit:5.1.1",
            rule: Text::Filled,
        },
        /// Folder of the image that the rendered files are copied to.
        dir: PathBuf { default: "/fluent-bit/sluice", example: "/etc/fluent-bit", },
        /// Folder for buffers on disk. Mount a volume there; without one they go with the container.
        buffer_dir: PathBuf { default: "/var/lib/fluent-bit", example: "/data/fluent-bit", },
        /// CPU units of the container; 1024 are one CPU.
        cpu: u32 { default: 51, example: 128, rule: Whole::Range(1, 16_384), },
        /// Hard memory limit of the container. The limits inside follow from it.
        memory: ByteSize { default: "128MiB", example: "256MiB", rule: Sizes(64 * MIB, 8 * GIB), },
        /// The container's stopTimeout: SIGKILL follows so long after SIGTERM.
        stop_timeout: Duration { default: "60s", example: "120s", rule: Span::seconds(10, 120), },
        /// How often records leave the buffers for the outputs.
        flush: Duration { default: "1s", example: "5s", rule: Span::seconds(1, 60), },
        /// An S3 object is closed when it has so many bytes before compression.
        ///
        /// The whole object is compressed in memory.
        upload_bytes: ByteSize { default: "16MiB", example: "8MiB", rule: Sizes(MIB, GIB), },
        /// An S3 object is closed at this age, so a small service waits no longer for its logs.
        ///
        /// Fluent Bit files an object under the hour of its first record, so a long wait puts records into the wrong hour.
        upload_after: Duration { default: "1m", example: "5m", rule: Span::seconds(10, 86_400), },
        /// Most bytes of each output's buffer on disk; above it Fluent Bit discards the oldest.
        disk_limit: ByteSize { default: "1GiB", example: "4GiB", rule: Sizes(16 * MIB, 1024 * GIB), },
        /// How often a delivery is tried again; "off" tries for ever.
        retries: Option<u16> { default: "off", example: 10, rule: Whole::Range(1, 10_000), },
        /// Where log-router listens, for `topology = "forward"`: `host:port` or `unix:/path`.
        ///
        /// With TLS when `inputs.forward.tls` has a certificate.
        router: String {
            derived: "`inputs.forward.tcp`, else `inputs.forward.unix`",
            example: "127.0.0.1:24225",
            rule: Text::Filled,
        },
    }
}

choices! {
    /// Who does the work.
    pub enum Topology {
        /// Fluent Bit alone: parses, joins, splits by level, and writes to S3 and CloudWatch Logs.
        Split = "split",
        /// Fluent Bit reads and passes on; a log-router behind it does the rest.
        Forward = "forward",
    }
}
