//! log-router, with its defaults.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;
use sluice_testkit::process::emulated_aws;

use super::{BUCKET, GROUP, Place};

pub(super) fn command(binary: &Path, settings: &[String], place: &Place<'_>) -> Result<Command> {
    let root = place.folder.display();
    let config = place.folder.join("sluice.toml");
    // The budget of CloudWatch is off: a peer has none, and every error is to be found. What is left in the spool at the
    // end would not be lost, but could not be verified: there is time for all of it.
    let text = format!(
        "name = 'bench'\nregion = 'us-east-1'\narchive.url = 's3://{BUCKET}/app'\nerrors.log_group = '{GROUP}'\n\
         errors.bytes_per_minute = 'off'\nspool.dir = '{root}/spool'\nadmin.listen = '127.0.0.1:0'\n\
         health.listen = 'off'\nshutdown.deadline = '290s'\ninputs.forward.unix = '{root}/fluent.sock'\n{}\n",
        settings.join("\n")
    );
    fs::write(&config, text)?;
    let mut command = emulated_aws(binary);
    command
        .args(["run", "--config"])
        .arg(config)
        .env("AWS_ENDPOINT_URL_S3", &place.s3)
        .env("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", &place.logs);
    Ok(command)
}
