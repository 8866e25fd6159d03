//! What S3 and CloudWatch Logs have in common: configuration by the SDK's own chain, and what a failure means.
//!
//! The SDK's own retries are off: a delivery is retried by whoever ordered it, for as long as it takes.

pub mod logs;
pub mod s3;

use std::error::Error;
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use sluice_pipeline::Spec;

use crate::diagnostics::chain;

/// A region must be named even when an emulator does not care.
const FALLBACK_REGION: &str = "us-east-1";

/// Loads credentials, region and endpoints: environment, profile, ECS, EC2, in the SDK's order.
pub async fn configuration(spec: &Spec) -> SdkConfig {
    let deliver = &spec.deliver;
    let http =
        aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let timeouts = TimeoutConfig::builder()
        .operation_timeout(deliver.timeout)
        .connect_timeout(deliver.connect_timeout)
        .build();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts);
    if let Some(region) = &spec.region {
        loader = loader.region(Region::new(region.clone()));
    }
    let config = loader.load().await;
    if config.region().is_some() {
        return config;
    }
    config.into_builder().region(Region::new(FALLBACK_REGION)).build()
}

/// Whether an endpoint is set by hand, as for an emulator: S3 is then addressed by path.
fn has_endpoint(service: &str) -> bool {
    ["AWS_ENDPOINT_URL".to_owned(), format!("AWS_ENDPOINT_URL_{service}")]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// A request that failed.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {text}; {remedy}")]
pub struct AwsError {
    /// The operation.
    pub what: &'static str,
    /// The service's own code, such as `AccessDenied`; empty when it did not answer.
    pub code: String,
    /// What it said, or why it could not be asked.
    pub text: String,
    /// What to do about it.
    pub remedy: &'static str,
    /// Asked too often: wait longer.
    pub throttled: bool,
    /// How long the service asks to wait.
    pub retry_after: Option<Duration>,
}

impl AwsError {
    fn new<E>(what: &'static str, error: SdkError<E, HttpResponse>) -> AwsError
    where
        E: Error + ProvideErrorMetadata + 'static,
    {
        let code = error.code().unwrap_or_default().to_owned();
        let response = error.raw_response();
        let status = response.map(|response| response.status().as_u16());
        let retry_after = response
            .and_then(|response| response.headers().get("retry-after"))
            .and_then(|seconds| seconds.parse().ok())
            .map(|seconds: u64| Duration::from_secs(seconds.min(300)));
        let text = match (error.message(), code.is_empty()) {
            (Some(message), false) => format!("{code}: {message}"),
            (None, false) => code.clone(),
            _ => match (status, &error) {
                (Some(status), SdkError::ServiceError(_)) => format!("HTTP status {status}"),
                _ => chain(&error),
            },
        };
        let throttled = status == Some(429)
            || matches!(
                code.as_str(),
                "SlowDown"
                    | "Throttling"
                    | "ThrottlingException"
                    | "ThrottledException"
                    | "RequestLimitExceeded"
                    | "TooManyRequestsException"
                    | "ServiceUnavailable"
                    | "ServiceUnavailableException"
            );
        AwsError { what, remedy: remedy(&code, status), code, text, throttled, retry_after }
    }
}

fn remedy(code: &str, status: Option<u16>) -> &'static str {
    match code {
        "AccessDenied" | "AccessDeniedException" | "AllAccessDisabled" => {
            "allow it in the task role's policy; it is tried again"
        }
        "NoSuchBucket" => "make the bucket, or correct archive.url; it is tried again",
        "PermanentRedirect" | "IncorrectEndpoint" | "AuthorizationHeaderMalformed" => {
            "the bucket lies in another region; set region, or AWS_REGION; it is tried again"
        }
        "ExpiredToken"
        | "ExpiredTokenException"
        | "InvalidAccessKeyId"
        | "SignatureDoesNotMatch"
        | "UnrecognizedClientException"
        | "InvalidClientTokenId" => "check the credentials; it is tried again",
        "KMS.DisabledException" | "KMS.NotFoundException" | "KMS.AccessDeniedException" => {
            "check archive.kms_key and the right to use it; it is tried again"
        }
        "ResourceNotFoundException" => {
            "make the log group, or set errors.create_group = true; it is tried again"
        }
        "LimitExceededException" => "raise the quota; it is tried again",
        _ if status == Some(403) => "allow it in the task role's policy; it is tried again",
        _ => "it is tried again",
    }
}
