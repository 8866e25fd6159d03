//! How commands reach AWS: one configuration by the SDK's own chain, and what a failed call means.
//!
//! Invariants: endpoints, credentials and region come from the SDK's chain and nowhere else, but that a spec may name
//! the region; every failure names the call, what it was about, and a remedy.

#![forbid(unsafe_code)]

mod permission;

use std::error::Error;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// Attempts of a call, the first one included, when `AWS_MAX_ATTEMPTS` says nothing. Commands make bursts of calls to
/// services that allow few a second.
const ATTEMPTS: u32 = 8;
/// The first pause before another attempt is at most this long; each further one may be twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// An attempt that has no answer by then is made again: without it a connection that died silently is waited for
/// until the system gives up, a quarter of an hour later.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);

/// Loads credentials, region and endpoints: environment, profile, ECS, EC2, in the SDK's order. A region that is given
/// comes before them.
pub async fn configuration(region: Option<&str>) -> SdkConfig {
    let http =
        aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT_TIMEOUT).build();
    let given = std::env::var("AWS_MAX_ATTEMPTS").ok().and_then(|attempts| attempts.parse().ok());
    let attempts = given.filter(|attempts| *attempts > 0).unwrap_or(ATTEMPTS);
    let retry = RetryConfig::standard().with_max_attempts(attempts).with_initial_backoff(FIRST_PAUSE);
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .timeout_config(timeouts)
        .retry_config(retry);
    if let Some(region) = region {
        loader = loader.region(Region::new(region.to_owned()));
    }
    loader.load().await
}

/// Whether an endpoint is set by hand, as for an emulator: S3 is then addressed by path.
#[must_use]
pub fn has_endpoint(config: &SdkConfig, service: &str) -> bool {
    let name = format!("AWS_ENDPOINT_URL_{service}");
    config.endpoint_url().is_some() || std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// The variable of an endpoint that is set and empty, if there is one. The SDK takes it for a URL and panics.
#[must_use]
pub fn empty_endpoint() -> Option<String> {
    let is_endpoint = |name: &str| name.starts_with("AWS_ENDPOINT_URL");
    let mut empty = std::env::vars_os().filter(|(_, value)| value.is_empty());
    empty.find_map(|(name, _)| name.into_string().ok().filter(|name| is_endpoint(name)))
}

/// A call that failed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{call} failed for {subject}: {text}; {remedy}")]
pub struct CallError {
    /// The service and its call: `s3:GetBucketEncryption`.
    pub call: &'static str,
    /// What it was about: `alarm api-ecs-cpu`.
    pub subject: String,
    /// The service's own code, such as `AccessDenied`; empty when it did not answer.
    pub code: String,
    /// What it said, or why it could not be asked.
    pub text: String,
    /// What to do about it.
    pub remedy: String,
}

impl CallError {
    /// What a failure of the SDK means.
    pub fn new<E>(call: &'static str, subject: &str, error: &SdkError<E, HttpResponse>) -> CallError
    where
        E: Error + ProvideErrorMetadata + 'static,
    {
        let code = error.code().unwrap_or_default().to_owned();
        let status = error.raw_response().map(|response| response.status().as_u16());
        let text = match (error.message(), code.is_empty(), status) {
            (Some(message), false, _) => format!("{code}: {message}"),
            (None, false, _) => code.clone(),
            (_, true, Some(status)) if status >= 300 => format!("HTTP status {status}"),
            (_, true, _) => chain(error),
        };
        let remedy = remedy(call, &code, status, &text);
        CallError { call, subject: subject.to_owned(), code, text, remedy }
    }

    /// Whether the service said that it was asked too often.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        is_throttle(&self.code)
    }

    /// Whether the caller may not do it.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        is_denial(&self.code)
    }
}

/// An error with its causes on one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        text += &format!(": {source}");
        cause = source.source();
    }
    text
}

fn is_throttle(code: &str) -> bool {
    let codes = [
        "SlowDown",
        "RequestLimitExceeded",
        "TooManyRequestsException",
        "PriorRequestNotComplete",
        "ServiceUnavailable",
        "ServiceUnavailableException",
    ];
    code.starts_with("Throttl") || codes.contains(&code)
}

/// Whether two calls met: the other one has done its part, and this one can be made again.
fn is_conflict(code: &str) -> bool {
    let codes = ["ConflictException", "OperationAborted", "OperationAbortedException", "ConcurrentAccess"];
    code.starts_with("Concurrent") || codes.contains(&code)
}

fn is_denial(code: &str) -> bool {
    let codes =
        ["AuthorizationError", "UnauthorizedOperation", "AllAccessDisabled", "AuthorizationErrorException"];
    code.starts_with("AccessDenied") || codes.contains(&code)
}

fn remedy(call: &str, code: &str, status: Option<u16>, text: &str) -> String {
    let expired = ["ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"];
    let unknown = [
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
        "IncompleteSignature",
        "AuthFailure",
    ];
    let region = [
        "PermanentRedirect",
        "AuthorizationHeaderMalformed",
        "IncorrectEndpoint",
        "IllegalLocationConstraintException",
    ];
    let denied = permission::remedy(call, text);
    let text = text.to_lowercase();
    if is_denial(code) {
        denied
    } else if expired.contains(&code) {
        "the credentials have expired: sign in again, for example with `aws sso login`".to_owned()
    } else if unknown.contains(&code) {
        "AWS does not know these credentials: check AWS_PROFILE or the AWS_… variables".to_owned()
    } else if region.contains(&code) {
        "it lies in another region: set region in the spec to that of the resource".to_owned()
    } else if is_throttle(code) || matches!(status, Some(429 | 503)) {
        "AWS was asked too often: run the command again, what is done stays done".to_owned()
    } else if code.contains("LimitExceeded") || code.contains("Quota") {
        "raise the quota in the console of Service Quotas, then run the command again".to_owned()
    } else if is_conflict(code) {
        "another call changes it at the same time: run the command again, what is done stays done".to_owned()
    } else if status == Some(403) {
        denied
    } else if text.contains("credentials") || text.contains("providers in chain") {
        "give credentials: AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY".to_owned()
    } else if text.contains("region") && code.is_empty() {
        "set region in the spec, or AWS_REGION".to_owned()
    } else if text.contains("dispatch failure") || text.contains("dns error") {
        "check the network, the name of the region, and AWS_ENDPOINT_URL".to_owned()
    } else {
        "see what AWS says; run the command again once it is mended".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remedies_name_permission_credentials_region_and_rate() {
        for (code, status, part) in [
            ("AccessDenied", 403, "allow sns:CreateTopic to"),
            ("AccessDeniedException", 400, "allow sns:CreateTopic to"),
            ("AuthorizationError", 403, "allow sns:CreateTopic to"),
            ("ExpiredToken", 403, "expired: sign in again"),
            ("ExpiredTokenException", 400, "expired: sign in again"),
            ("InvalidClientTokenId", 403, "does not know these credentials"),
            ("UnrecognizedClientException", 400, "does not know these credentials"),
            ("PermanentRedirect", 301, "in another region"),
            ("AuthorizationHeaderMalformed", 400, "in another region"),
            ("Throttling", 400, "too often: run the command again"),
            ("ThrottlingException", 400, "too often: run the command again"),
            ("SlowDown", 503, "too often: run the command again"),
            ("LimitExceededException", 400, "raise the quota"),
            ("OperationAbortedException", 400, "changes it at the same time: run"),
            ("ConcurrentModificationException", 400, "changes it at the same time: run"),
            ("", 403, "allow sns:CreateTopic to"),
        ] {
            let told = remedy("sns:CreateTopic", code, Some(status), code);
            assert!(told.contains(part), "{code}: {told}");
        }
        let told = remedy("sns:CreateTopic", "", None, "no providers in chain provided credentials");
        assert!(told.contains("AWS_PROFILE"), "{told}");
    }
}
