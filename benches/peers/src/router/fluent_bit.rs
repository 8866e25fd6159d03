//! Fluent Bit as its users configure it for this task: a parser filter for JSON and for text, `rewrite_tag` for the
//! errors, `PutObject` with gzip. Parts of long lines are joined, since that is the task too; tracebacks are not.
//!
//! Its CloudWatch output speaks TLS only, and gets a certificate that it does not verify. 5.1.1 does so without being
//! told and refuses `tls On`; others want it: what a dry run takes is used. (Filters and the output to S3 match the tags
//! of containers, `app…`: what `rewrite_tag` copies is `errors.app…`, and would go to S3 twice.)

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use sluice_testkit::process::emulated_aws;

use super::{BUCKET, GROUP, Place};

const PARSERS: &str = r"[PARSER]
    Name        json_line
    Format      json
    Time_Key    timestamp
    Time_Format %Y-%m-%dT%H:%M:%S.%L%z
    Time_Keep   On
[PARSER]
    Name        python_line
    Format      regex
    Regex       ^(?<timestamp>\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2},\d{3}) (?<level>[A-Z]+) \[(?<logger>[^\]]+)\] (?<message>.*)$
    Time_Key    timestamp
    Time_Format %Y-%m-%d %H:%M:%S,%L
    Time_Keep   On
";

pub(super) fn command(binary: &Path, place: &Place<'_>) -> Result<Command> {
    fs::write(place.folder.join("parsers.conf"), PARSERS)?;
    let config = place.folder.join("fluent-bit.conf");
    let connection = format!("port {}\n    tls.verify Off", place.logs_tls);
    for connection in [format!("{connection}\n    tls On"), connection] {
        fs::write(&config, text(place, &connection))?;
        let tried = Command::new(binary).arg("--dry-run").arg("-c").arg(&config).output();
        if tried.with_context(|| format!("cannot run {}", binary.display()))?.status.success() {
            break;
        }
    }
    let mut command = emulated_aws(binary);
    command.arg("-c").arg(config);
    Ok(command)
}

/// The configuration; `connection` is how CloudWatch Logs is spoken to.
fn text(place: &Place<'_>, connection: &str) -> String {
    let (root, s3) = (place.folder.display(), &place.s3);
    format!(
        r"[SERVICE]
    Flush         1
    Grace         120
    Log_Level     info
    Parsers_File  {root}/parsers.conf
[INPUT]
    Name          forward
    unix_path     {root}/fluent.sock
    Mem_Buf_Limit 64M
[FILTER]
    Name                  multiline
    Match                 app*
    Mode                  partial_message
    multiline.key_content log
[FILTER]
    Name          parser
    Match         app*
    Key_Name      log
    Reserve_Data  On
    Parser        json_line
    Parser        python_line
[FILTER]
    Name          rewrite_tag
    Match         app*
    Rule          $level ^(ERROR|CRITICAL)$ errors.$TAG true
    Emitter_Name  errors
[OUTPUT]
    Name             s3
    Match            app*
    bucket           {BUCKET}
    region           us-east-1
    endpoint         {s3}
    total_file_size  10M
    upload_timeout   1m
    use_put_object   On
    compression      gzip
    store_dir        {root}/store
    s3_key_format    /app/year=%Y/month=%m/day=%d/hour=%H/$UUID.json.gz
[OUTPUT]
    Name               cloudwatch_logs
    Match              errors.*
    region             us-east-1
    endpoint           127.0.0.1
    {connection}
    log_group_name     {GROUP}
    log_stream_prefix  app-
    auto_create_group  On
"
    )
}
