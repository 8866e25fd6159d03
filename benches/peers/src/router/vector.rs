//! Vector for this task: `remap` parses JSON and Python's text and takes their time, `route` splits the errors off.
//!
//! Written by its documentation of 0.5x and never run by us: there was no binary to run it with. Parts of long lines are
//! not joined.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;
use sluice_testkit::process::emulated_aws;

use super::{BUCKET, GROUP, Place};

pub(super) fn command(binary: &Path, place: &Place<'_>) -> Result<Command> {
    let root = place.folder.display();
    let config = place.folder.join("vector.yaml");
    fs::create_dir_all(place.folder.join("data"))?;
    let (s3, logs) = (&place.s3, &place.logs);
    let text = format!(
        r#"data_dir: {root}/data
sources:
  firelens:
    type: fluent
    mode: unix
    path: {root}/fluent.sock
transforms:
  parsed:
    type: remap
    inputs: [firelens]
    source: |
      line = string!(.log)
      fields, problem = parse_json(line)
      if problem != null {{
        fields, problem = parse_regex(line, r'^(?P<timestamp>\d{{4}}-\d{{2}}-\d{{2}} \d{{2}}:\d{{2}}:\d{{2}},\d{{3}}) (?P<level>[A-Z]+) \[(?P<logger>[^\]]+)\] (?P<message>.*)$')
      }}
      if problem == null && is_object(fields) {{
        del(.log)
        . = merge!(., fields)
        time, wrong = parse_timestamp(.timestamp, "%Y-%m-%dT%H:%M:%S%.f%:z")
        if wrong != null {{
          time, wrong = parse_timestamp(string!(.timestamp) + " +0000", "%Y-%m-%d %H:%M:%S,%3f %z")
        }}
        if wrong == null {{ .timestamp = time }}
      }}
  split:
    type: route
    inputs: [parsed]
    route:
      errors: '.level == "ERROR" || .level == "CRITICAL"'
sinks:
  archive:
    type: aws_s3
    inputs: [parsed]
    bucket: {BUCKET}
    region: us-east-1
    endpoint: {s3}
    key_prefix: app/year=%Y/month=%m/day=%d/hour=%H/
    compression: gzip
    encoding: {{ codec: json }}
    framing: {{ method: newline_delimited }}
    batch: {{ max_bytes: 10000000, timeout_secs: 60 }}
  errors:
    type: aws_cloudwatch_logs
    inputs: [split.errors]
    region: us-east-1
    endpoint: {logs}
    group_name: {GROUP}
    stream_name: bench
    encoding: {{ codec: json }}
"#
    );
    fs::write(&config, text)?;
    let mut command = emulated_aws(binary);
    command.arg("--config").arg(config);
    Ok(command)
}
