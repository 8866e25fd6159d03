//! What a configuration comes to, with every default filled in, as far as the router goes by it.

use std::fmt;

use serde::Serialize;
use sluice_pipeline::{Forward, Spec, format_duration};

/// What the router goes by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Resolved {
    /// Service of records that name none.
    pub service: String,
    /// The archive.
    pub archive: Vec<String>,
    /// The gate for errors.
    pub errors: Vec<String>,
    /// The inputs, one each.
    pub inputs: Vec<String>,
    /// How lines are read.
    pub parse: Vec<String>,
    /// Names of the patterns.
    pub redact: Vec<String>,
    /// The spool.
    pub spool: Vec<String>,
}

impl Resolved {
    /// Of a spec.
    #[must_use]
    pub fn of(spec: &Spec) -> Resolved {
        let Spec { archive, errors, parse, spool, .. } = spec;
        let mut gate = vec![format!("{} and above", errors.min_level)];
        gate.push(format!("to log group {}, stream {}", errors.log_group, errors.stream));
        let joins = format!(
            "tracebacks of up to {} lines and {} become one record",
            parse.join_max_lines, parse.join_max_bytes
        );
        Resolved {
            service: spec.service.clone(),
            archive: vec![
                archive.url.to_string(),
                format!("hours in {}", archive.zone),
                format!("level {}, members of {}", archive.level, archive.member_bytes),
            ],
            errors: gate,
            inputs: inputs(spec),
            parse: vec![
                format!("times without a zone are in {}", parse.zone),
                if parse.join { joins } else { "every line is a record".to_owned() },
            ],
            redact: (spec.redact.named.iter().map(ToString::to_string))
                .chain(spec.redact.custom.iter().map(|custom| custom.name.clone()))
                .collect(),
            spool: vec![
                spool.dir.display().to_string(),
                format!("at most {}", spool.max_bytes),
                format!("segments of {} or {}", spool.segment_bytes, format_duration(spool.segment_age)),
            ],
        }
    }
}

fn inputs(spec: &Spec) -> Vec<String> {
    let inputs = &spec.inputs;
    let mut all = Vec::new();
    let Forward { unix, tcp, shared_key, tls, .. } = &inputs.forward;
    all.extend(unix.iter().map(|path| format!("Forward protocol on {}", path.display())));
    all.extend(tcp.iter().map(|address| {
        let key = if shared_key.is_some() { ", with a shared key" } else { "" };
        let tls = if tls.cert.is_some() { ", with TLS" } else { "" };
        format!("Forward protocol on {address}{key}{tls}")
    }));
    all.extend(inputs.lines.tcp.iter().map(|address| format!("lines on {address}")));
    all.extend(inputs.lines.unix.iter().map(|path| format!("lines on {}", path.display())));
    all.extend(inputs.tail.paths.iter().map(|path| format!("files {path}")));
    all.extend(inputs.stdin.enabled.then(|| "standard input".to_owned()));
    all
}

impl fmt::Display for Resolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut row = |name: &str, values: &[String], separator: &str| {
            let text = if values.is_empty() { "none".to_owned() } else { values.join(separator) };
            writeln!(f, "  {name:<9} {text}")
        };
        row("service", std::slice::from_ref(&self.service), "")?;
        row("archive", &self.archive, " · ")?;
        row("errors", &self.errors, " ")?;
        row("inputs", &self.inputs, "\n            ")?;
        row("parse", &self.parse, "\n            ")?;
        row("redact", &self.redact, ", ")?;
        row("spool", &self.spool, " · ")
    }
}
