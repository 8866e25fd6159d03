//! Fluent Bit as its users configure it for this task: a parser filter for JSON and for text, `rewrite_tag` for the
//! errors, `PutObject` with gzip. Parts of long lines are joined, since that is the task too; tracebacks are not.
//!
//! Its CloudWatch output cannot speak plain HTTP, so that is given TLS with a certificate that it does not verify.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

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
    let root = place.folder.display();
    fs::write(place.folder.join("parsers.conf"), PARSERS)?;
    let config = place.folder.join("fluent-bit.conf");
    let (s3, tls) = (&place.s3, place.logs_tls);
    let text = format!(
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
    Match                 *-firelens-*
    Mode                  partial_message
    multiline.key_content log
[FILTER]
    Name          parser
    Match         *-firelens-*
    Key_Name      log
    Reserve_Data  On
    Parser        json_line
    Parser        python_line
[FILTER]
    Name          rewrite_tag
    Match         *-firelens-*
    Rule          $level ^(ERROR|CRITICAL)$ errors.$TAG true
    Emitter_Name  errors
[OUTPUT]
    Name             s3
    Match            *-firelens-*
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
    port               {tls}
    tls                On
    tls.verify         Off
    log_group_name     {GROUP}
    log_stream_prefix  app-
    auto_create_group  On
"
    );
    fs::write(&config, text)?;
    let mut command = Command::new(binary);
    command.arg("-c").arg(config);
    Ok(command)
}
