//! The client of S3 that reads results. The configuration is that of every command ([`sluice_aws`]).

use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;

const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// A client of S3: with an endpoint of one's own, as of an emulator, addresses are path-style.
pub(crate) fn s3(config: &SdkConfig) -> aws_sdk_s3::Client {
    let own = sluice_aws::has_endpoint(config, "S3");
    let config = aws_sdk_s3::config::Builder::from(config).force_path_style(own);
    // An answer may be large: the time-out is for answers to begin.
    let timeouts = TimeoutConfig::builder().read_timeout(READ_TIMEOUT).disable_operation_attempt_timeout();
    aws_sdk_s3::Client::from_conf(config.timeout_config(timeouts.build()).build())
}
