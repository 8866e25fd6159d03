//! The clients of the services, made of one configuration.

use std::sync::Arc;

use aws_config::SdkConfig;
use sluice_aws::CallError;
use tokio::sync::OnceCell;

use crate::scope::partition;

/// A client of each service.
#[derive(Debug, Clone)]
pub struct Clients {
    /// Athena.
    pub athena: aws_sdk_athena::Client,
    /// CloudWatch.
    pub cloudwatch: aws_sdk_cloudwatch::Client,
    /// ECS.
    pub ecs: aws_sdk_ecs::Client,
    /// Elastic Load Balancing.
    pub balancers: aws_sdk_elasticloadbalancingv2::Client,
    /// Glue.
    pub glue: aws_sdk_glue::Client,
    /// IAM.
    pub iam: aws_sdk_iam::Client,
    /// KMS.
    pub kms: aws_sdk_kms::Client,
    /// CloudWatch Logs.
    pub logs: aws_sdk_cloudwatchlogs::Client,
    /// RDS.
    pub rds: aws_sdk_rds::Client,
    /// S3.
    pub s3: aws_sdk_s3::Client,
    /// Step Functions.
    pub states: aws_sdk_sfn::Client,
    /// SNS.
    pub sns: aws_sdk_sns::Client,
    sts: aws_sdk_sts::Client,
    account: Arc<OnceCell<String>>,
    /// The region of all of them; empty when none is set.
    pub region: String,
}

impl Clients {
    /// The clients of a configuration.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Clients {
        let s3 = aws_sdk_s3::config::Builder::from(config)
            .force_path_style(sluice_aws::has_endpoint(config, "S3"));
        Clients {
            athena: aws_sdk_athena::Client::new(config),
            cloudwatch: aws_sdk_cloudwatch::Client::new(config),
            ecs: aws_sdk_ecs::Client::new(config),
            balancers: aws_sdk_elasticloadbalancingv2::Client::new(config),
            glue: aws_sdk_glue::Client::new(config),
            iam: aws_sdk_iam::Client::new(config),
            kms: aws_sdk_kms::Client::new(config),
            logs: aws_sdk_cloudwatchlogs::Client::new(config),
            rds: aws_sdk_rds::Client::new(config),
            s3: aws_sdk_s3::Client::from_conf(s3.build()),
            states: aws_sdk_sfn::Client::new(config),
            sns: aws_sdk_sns::Client::new(config),
            sts: aws_sdk_sts::Client::new(config),
            account: Arc::default(),
            region: config.region().map(ToString::to_string).unwrap_or_default(),
        }
    }

    /// The ARN of something in this region and account.
    pub(crate) async fn arn(&self, service: &str, rest: &str) -> Result<String, CallError> {
        let account = self.account().await?;
        Ok(format!("arn:{}:{service}:{}:{account}:{rest}", partition(&self.region), self.region))
    }

    /// The account of the credentials. Everybody may ask that.
    ///
    /// # Errors
    /// When there are no credentials, or AWS does not know them.
    pub async fn account(&self) -> Result<String, CallError> {
        let ask = || async {
            let answer = self.sts.get_caller_identity().send().await;
            let answer =
                answer.map_err(|e| CallError::new("sts:GetCallerIdentity", "the credentials in use", &e))?;
            Ok(answer.account().unwrap_or_default().to_owned())
        };
        self.account.get_or_try_init(ask).await.cloned()
    }
}
