//! Configuration by the SDK's own chain: environment, profile, ECS, EC2.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

/// As often is a call made that is throttled or gets no answer.
const ATTEMPTS: u32 = 6;
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);

/// Loads credentials, region and endpoints. `region` goes before what the environment says.
pub async fn configuration(region: Option<&str>) -> SdkConfig {
    let http =
        aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(FIRST_PAUSE))
        .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT_TIMEOUT).build());
    if let Some(region) = region {
        loader = loader.region(Region::new(region.to_owned()));
    }
    loader.load().await
}

/// A client of S3: with an endpoint of one's own, as of an emulator, addresses are path-style.
pub(crate) fn s3(config: &SdkConfig) -> aws_sdk_s3::Client {
    let own = config.endpoint_url().is_some() || std::env::var_os("AWS_ENDPOINT_URL_S3").is_some();
    let config = aws_sdk_s3::config::Builder::from(config).force_path_style(own);
    // An answer may be large: the time-out is for answers to begin.
    let timeouts = TimeoutConfig::builder().read_timeout(ATTEMPT_TIMEOUT).build();
    aws_sdk_s3::Client::from_conf(config.timeout_config(timeouts).build())
}
