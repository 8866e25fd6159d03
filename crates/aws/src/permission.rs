//! Which permission a call needs: mostly that of its name, and for S3 often not.
//!
//! Names are those of the Service Authorization Reference. What AWS itself says is missing goes before them: a call
//! with tags, say, needs a second permission.

/// Calls whose permission has another name.
const OTHER_NAMES: [(&str, &str); 7] = [
    ("s3:GetBucketEncryption", "s3:GetEncryptionConfiguration"),
    ("s3:GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration"),
    ("s3:GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock"),
    ("s3:ListObjectVersions", "s3:ListBucketVersions"),
    ("s3:PutBucketEncryption", "s3:PutEncryptionConfiguration"),
    ("s3:PutBucketLifecycleConfiguration", "s3:PutLifecycleConfiguration"),
    ("s3:PutPublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
];

/// What stands before the permission in AWS's refusals.
const REFUSED: &str = "is not authorized to perform: ";

/// The permission that a call needs.
fn needed(call: &str) -> &str {
    OTHER_NAMES.iter().find(|(name, _)| *name == call).map_or(call, |(_, permission)| permission)
}

/// The permission that AWS says is missing.
fn named(text: &str) -> Option<&str> {
    let (_, behind) = text.split_once(REFUSED)?;
    let end =
        behind.find(|c: char| !c.is_ascii_alphanumeric() && c != ':' && c != '-').unwrap_or(behind.len());
    // S3's own refusals, and some of others, name none.
    behind.get(..end).filter(|permission| permission.contains(':'))
}

/// What to do about a refusal.
pub(crate) fn remedy(call: &str, text: &str) -> String {
    let permission = named(text).unwrap_or_else(|| needed(call));
    let allow = format!("allow {permission} to the identity that runs the command");
    if text.contains("explicit deny") {
        return format!("a policy denies {permission}: lift that, or run the command as somebody else");
    }
    // Names of buckets are one for all accounts.
    if call.starts_with("s3:") && call != "s3:CreateBucket" {
        return format!("{allow}, or name another bucket if this one is somebody else's");
    }
    allow
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_permission_is_the_one_that_aws_names_or_that_of_the_call() {
        let told = remedy("s3:GetBucketEncryption", "AccessDenied: Access Denied");
        assert!(told.starts_with("allow s3:GetEncryptionConfiguration to"), "{told}");
        let text = "User: arn:aws:iam::1:user/a is not authorized to perform: sns:TagResource on resource: arn:aws:sns \
                    because no identity-based policy allows the sns:TagResource action";
        assert_eq!(
            remedy("sns:CreateTopic", text),
            "allow sns:TagResource to the identity that runs the command"
        );
        let text = "User: a is not authorized to perform: iam:GetPolicy on resource: b with an explicit deny in a \
                    service control policy";
        assert!(remedy("iam:GetPolicy", text).starts_with("a policy denies iam:GetPolicy: lift"));
        assert_eq!(remedy("kms:ListKeys", "no"), "allow kms:ListKeys to the identity that runs the command");
    }
}
