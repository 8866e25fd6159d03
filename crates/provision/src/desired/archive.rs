//! The log bucket: how long objects live, who may write, that nobody reads it in the open.

use serde_json::{Value, json};
use std::time::Duration;

use super::Context;
use crate::resource::{Kind, Resource};

/// Logical id of the bucket.
pub(crate) const BUCKET: &str = "LogBucket";
/// Folder of Athena's results.
pub(crate) const RESULTS: &str = "athena-results";

/// Accounts that wrote load balancers' access logs before there was a service principal (user guide of the
/// Application Load Balancer, "Enable access logs"). Regions opened after August 2022 have none. Tokyo's is confirmed; check another before relying on
/// it: the service principal has the same right.
const ELB_ACCOUNTS: [(&str, &str); 12] = [
    ("ap-northeast-1", "582318560864"),
    ("ap-northeast-2", "600734575887"),
    ("ap-northeast-3", "383597477331"),
    ("ap-southeast-1", "114774131450"),
    ("ap-southeast-2", "783225319266"),
    ("eu-central-1", "054676820928"),
    ("eu-west-1", "156460612806"),
    ("eu-west-2", "652711504416"),
    ("us-east-1", "127311923021"),
    ("us-east-2", "033677994240"),
    ("us-west-1", "027434742980"),
    ("us-west-2", "797873946194"),
];

pub(super) fn describe(context: &Context<'_>, resources: &mut Vec<Resource>) {
    let Some((bucket, _)) = context.bucket() else { return };
    resources.push(Resource::new(
        BUCKET,
        Kind::Bucket,
        json!({
            "BucketName": bucket,
            "BucketEncryption": {"ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}},
            ]},
            "LifecycleConfiguration": {"Rules": lifecycle(context)},
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": true,
                "BlockPublicPolicy": true,
                "IgnorePublicAcls": true,
                "RestrictPublicBuckets": true,
            },
            "Tags": context.tag_list(),
            "VersioningConfiguration": {"Status": "Enabled"},
        }),
    ));
    resources.push(Resource::new(
        "LogBucketPolicy",
        Kind::BucketPolicy,
        json!({
            "Bucket": {"Ref": BUCKET},
            "PolicyDocument": {"Version": "2012-10-17", "Statement": statements(context, bucket)},
        }),
    ));
}

/// The rules of the lifecycle. S3 takes no expiry of delete markers in a rule that expires objects.
fn lifecycle(context: &Context<'_>) -> Vec<Value> {
    let days = |age: Option<Duration>| age.map(|age| age.as_secs() / 86_400);
    let settings = &context.spec.archive.lifecycle;
    let mut objects = json!({"Id": "objects", "Status": "Enabled"});
    if let Some(days) = days(settings.glacier_after) {
        objects["Transitions"] = json!([{"StorageClass": "GLACIER", "TransitionInDays": days}]);
    }
    if let Some(days) = days(settings.expire_after) {
        objects["ExpirationInDays"] = days.into();
    }
    if let Some(days) = days(settings.noncurrent_expire_after) {
        objects["NoncurrentVersionExpiration"] = json!({"NoncurrentDays": days});
    }
    if let Some(days) = days(settings.abort_multipart_after) {
        objects["AbortIncompleteMultipartUpload"] = json!({"DaysAfterInitiation": days});
    }
    let mut rules = Vec::new();
    // A rule without an action is refused.
    if objects.as_object().is_some_and(|rule| rule.len() > 2) {
        rules.push(objects);
    }
    rules.push(json!({"Id": "delete-markers", "Status": "Enabled", "ExpiredObjectDeleteMarker": true}));
    rules.push(json!({
        "Id": "query-results",
        "Status": "Enabled",
        "Prefix": format!("{RESULTS}/"),
        "ExpirationInDays": days(Some(context.spec.catalog.results_expire_after)),
    }));
    rules
}

fn statements(context: &Context<'_>, bucket: &str) -> Vec<Value> {
    let root = json!({"Fn::Sub": format!("arn:${{AWS::Partition}}:s3:::{bucket}")});
    let below = |path: &str| json!({"Fn::Sub": format!("arn:${{AWS::Partition}}:s3:::{bucket}/{path}")});
    let catalog = &context.spec.catalog;
    let balancers: Value = [&catalog.alb_prefix, &catalog.alb_connections_prefix]
        .map(|prefix| below(&format!("{prefix}/AWSLogs/${{AWS::AccountId}}/*")))
        .to_vec()
        .into();
    let mut statements = vec![
        json!({
            "Sid": "OnlyByTls",
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": "s3:*",
            "Resource": [root, below("*")],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }),
        json!({
            "Sid": "LoadBalancerLogs",
            "Effect": "Allow",
            "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": balancers,
        }),
    ];
    let region = context.spec.region.as_deref();
    if let Some((_, account)) = ELB_ACCOUNTS.iter().find(|(name, _)| Some(*name) == region) {
        statements.push(json!({
            "Sid": "LoadBalancerLogsLegacy",
            "Effect": "Allow",
            "Principal": {"AWS": format!("arn:aws:iam::{account}:root")},
            "Action": "s3:PutObject",
            "Resource": balancers,
        }));
    }
    let ours = json!({"aws:SourceAccount": {"Ref": "AWS::AccountId"}});
    // With a name of its own prefix, Hive-compatible or not, flow logs lie below AWSLogs.
    statements.push(json!({
        "Sid": "FlowLogs",
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": below(&format!("{}/AWSLogs/*", catalog.flow_prefix)),
        "Condition": {"StringEquals": {
            "aws:SourceAccount": {"Ref": "AWS::AccountId"},
            "s3:x-amz-acl": "bucket-owner-full-control",
        }},
    }));
    statements.push(json!({
        "Sid": "FlowLogsCheck",
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": ["s3:GetBucketAcl", "s3:ListBucket"],
        "Resource": root,
        "Condition": {"StringEquals": ours},
    }));
    statements
}
