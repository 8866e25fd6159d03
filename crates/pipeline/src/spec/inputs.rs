//! `[inputs]`: where lines come from. Listeners are on the loopback unless the spec says otherwise.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use crate::{
    define::{choices, section},
    values::{
        duration::Span,
        secret::Secret,
        size::{ByteSize, GIB, KIB, MIB, Sizes},
        text::Text,
        whole::Whole,
    },
};

section! {
    /// Where lines come from.
    pub struct Inputs {
        /// Most bytes of a line from `lines`, `tail` or `stdin`; a longer one is stored in pieces of this size.
        max_line_bytes: ByteSize { default: "1MiB", example: "256KiB", rule: Sizes(KIB, 16 * MIB), },
        /// Fluentd Forward protocol v1, as FireLens and Docker's fluentd log driver speak it.
        forward: Forward {},
        /// Newline-delimited text over sockets.
        lines: Lines {},
        /// Files that are followed as they grow.
        tail: Tail {},
        /// Lines on standard input.
        stdin: Stdin {},
    }
}

section! {
    /// Fluentd Forward protocol v1.
    pub struct Forward {
        /// Unix socket to listen on.
        unix: Option<PathBuf> {
            derived: "off; /var/run/fluent.sock when no input is configured",
            example: "/run/sluice/fluent.sock",
        },
        /// TCP address to listen on.
        tcp: Option<SocketAddr> {
            derived: "off; 127.0.0.1:24224 when no input is configured",
            example: "127.0.0.1:24225",
        },
        /// Shared key that TCP clients must know, as a text or `"${VARIABLE}"`. Unix clients need none.
        ///
        /// The reference is looked up in the environment when the router starts; a variable that is unset or empty is
        /// a problem.
        shared_key: Option<Secret> { example: "${SLUICE_SHARED_KEY}", },
        /// Users that TCP clients must log in as, besides the shared key.
        users: Vec<User> { example: [{ name = "app", password = "${SLUICE_APP_PASSWORD}" }], },
        /// TLS for the TCP listener.
        tls: Tls {},
        /// Most bytes of one message; a client that sends more is disconnected, and counted.
        max_frame: ByteSize {
            derived: "16MiB, or `spool.max_bytes` when that is less",
            example: "8MiB",
            rule: Sizes(64 * KIB, 64 * MIB),
        },
        /// Most bytes that one compressed message may unpack to; a client that sends more is disconnected, and counted.
        max_decompressed: ByteSize { default: "64MiB", example: "256MiB", rule: Sizes(64 * KIB, GIB), },
        /// Most bytes that unfinished messages of all clients take in memory together.
        ///
        /// A client that would need more waits as long as for a handshake, and is then disconnected, and counted.
        max_buffered: ByteSize {
            derived: "32MiB, or twice `inputs.forward.max_frame` when that is more",
            example: "64MiB",
            rule: Sizes(64 * KIB, GIB),
        },
        /// Most clients at a time; others wait in the listen queue.
        max_connections: u32 { default: 256, example: 64, rule: Whole::Range(1, 65_535), },
        /// Deepest nesting of maps and arrays in a record.
        max_depth: u16 { default: 64, example: 32, rule: Whole::Range(8, 512), },
        /// How long a client may take over the handshake.
        handshake_timeout: Duration { default: "10s", example: "5s", rule: Span::millis(100, 300_000), },
        /// A TCP client that is silent for so long is disconnected; "off" lets it stay.
        idle_timeout: Option<Duration> { example: "10m", rule: Span::seconds(1, 86_400), },
    }
}

section! {
    /// A user of the Forward listener.
    pub struct User {
        /// The user's name.
        name: String { example: "app", rule: Text::Filled, },
        /// The password, as a text or `"${VARIABLE}"`.
        password: Secret { example: "${SLUICE_APP_PASSWORD}", },
    }
}

section! {
    /// TLS for the TCP listener.
    pub struct Tls {
        /// File with the certificate chain, PEM.
        cert: Option<PathBuf> { example: "/etc/sluice/tls.crt", },
        /// File with the private key, PEM.
        key: Option<PathBuf> { example: "/etc/sluice/tls.key", },
    }
}

section! {
    /// Newline-delimited text over sockets.
    pub struct Lines {
        /// TCP address to listen on.
        tcp: Option<SocketAddr> { example: "127.0.0.1:5170", },
        /// Unix socket to listen on.
        unix: Option<PathBuf> { example: "/run/sluice/lines.sock", },
        /// Most clients at a time; others wait in the listen queue.
        max_connections: u32 { default: 256, example: 64, rule: Whole::Range(1, 65_535), },
    }
}

section! {
    /// Files that are followed as they grow.
    pub struct Tail {
        /// Files to follow, with `*`, `?`, `[…]` and `**`.
        paths: Vec<String> { example: ["/var/log/app/*.log"], rule: Text::Filled, },
        /// Files among them to leave out.
        exclude: Vec<String> { example: ["*.gz"], rule: Text::Filled, },
        /// Folder that remembers how far each file was read.
        offsets: PathBuf { derived: "`spool.dir`/tail", example: "/var/lib/log-router/offsets", },
        /// Where to begin in a file that was never read before.
        from: TailFrom { default: "beginning", example: "end", },
        /// How often to look for new files.
        scan_every: Duration { default: "5s", example: "1s", rule: Span::millis(50, 3_600_000), },
    }
}

choices! {
    /// Where to begin in a file.
    pub enum TailFrom {
        /// With its first line.
        Beginning = "beginning",
        /// With the first line written after the router started.
        End = "end",
    }
}

section! {
    /// Lines on standard input.
    pub struct Stdin {
        /// Read standard input until it ends. `log-router pipe` does so without this.
        enabled: bool { default: false, example: true, },
    }
}
