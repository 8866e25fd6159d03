//! What whoever delivers a spec's records may do in AWS: exact resources, nothing more.
//!
//! Policies of IAM are rendered from it in several forms, which differ in how they write the account: so ARNs have the
//! placeholders `{partition}`, `{region}` and `{account}` ([`Right::filled`]).

use crate::{ArchiveUrl, Spec};

/// How objects come into the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uploads {
    /// Each by one call, without tags: by Fluent Bit.
    Whole,
    /// Large ones in parts, with the tags of `archive.tags`: by the router.
    Parts,
}

/// Permission for some calls on some resources: a statement of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// What it is for, a word that a policy takes as the statement's id.
    pub sid: &'static str,
    /// The permissions.
    pub actions: Vec<&'static str>,
    /// ARNs of the resources.
    pub resources: Vec<String>,
    /// One of the aliases that the resource, a key, must have. It alone is known of it.
    pub alias: Option<String>,
}

impl Right {
    /// The resources with partition, region and account filled in.
    pub fn filled(&self, partition: &str, region: &str, account: &str) -> Vec<String> {
        let values = [("{partition}", partition), ("{region}", region), ("{account}", account)];
        let fill =
            |arn: &String| values.iter().fold(arn.clone(), |arn, (name, value)| arn.replace(name, value));
        self.resources.iter().map(fill).collect()
    }
}

/// The rights of the task's role: objects into the archive's prefix, events into the log group, the archive's key.
#[must_use]
pub fn task_rights(spec: &Spec, uploads: Uploads) -> Vec<Right> {
    let right = |sid, actions, resources| Right { sid, actions, resources, alias: None };
    let mut rights = Vec::new();
    if let ArchiveUrl::S3 { bucket, prefix } = &spec.archive.url {
        let slash = if prefix.is_empty() { "" } else { "/" };
        let mut actions = vec!["s3:PutObject"];
        if uploads == Uploads::Parts {
            if !spec.archive.tags.is_empty() {
                actions.push("s3:PutObjectTagging");
            }
            actions.push("s3:AbortMultipartUpload");
        }
        rights.push(right(
            "Archive",
            actions,
            vec![format!("arn:{{partition}}:s3:::{bucket}/{prefix}{slash}*")],
        ));
        rights.extend(spec.archive.kms_key.as_deref().map(key));
    }
    let group = format!("arn:{{partition}}:logs:{{region}}:{{account}}:log-group:{}", spec.errors.log_group);
    let streams = format!("{group}:*");
    rights.push(right("Errors", vec!["logs:CreateLogStream", "logs:PutLogEvents"], vec![streams.clone()]));
    if spec.errors.create_group {
        let mut actions = vec!["logs:CreateLogGroup"];
        if spec.errors.retention_days.is_some() {
            actions.push("logs:PutRetentionPolicy");
        }
        rights.push(right("LogGroupIfItIsNotThere", actions, vec![group, streams]));
    }
    rights
}

/// The right to encrypt objects by a key, given by its id, ARN or alias.
fn key(key: &str) -> Right {
    // An ARN of an alias is no resource that a policy could name: it gives no right to the key behind it.
    let alias = key.find("alias/").map(|at| key[at..].to_owned());
    let resource = match &alias {
        Some(_) => "arn:{partition}:kms:{region}:{account}:key/*".to_owned(),
        None if key.starts_with("arn:") => key.to_owned(),
        None => format!("arn:{{partition}}:kms:{{region}}:{{account}}:key/{key}"),
    };
    // Uploads in parts read back what is encrypted, so Decrypt too.
    let actions = vec!["kms:Decrypt", "kms:GenerateDataKey"];
    Right { sid: "ArchiveKey", actions, resources: vec![resource], alias }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rights(more: &str) -> Vec<Right> {
        let text = format!("name = 'api'\narchive.url = 's3://logs/app'\n{more}");
        task_rights(&Spec::parse(&text, "sluice.toml", None).expect("a spec"), Uploads::Parts)
    }

    #[test]
    fn no_right_reaches_beyond_the_archive_its_key_and_the_log_group() {
        let all =
            rights("archive.tags = { team = 'core' }\narchive.sse = 'kms'\narchive.kms_key = 'alias/logs'\n");
        let resources: Vec<String> =
            all.iter().flat_map(|right| right.filled("aws", "eu-west-1", "1")).collect();
        assert_eq!(
            resources,
            [
                "arn:aws:s3:::logs/app/*",
                "arn:aws:kms:eu-west-1:1:key/*",
                "arn:aws:logs:eu-west-1:1:log-group:/sluice/api:*",
                "arn:aws:logs:eu-west-1:1:log-group:/sluice/api",
                "arn:aws:logs:eu-west-1:1:log-group:/sluice/api:*",
            ]
        );
        assert!(all.iter().all(|right| right.actions.iter().all(|action| !action.contains('*'))));
        // Any key would do but for the alias that it must have.
        assert_eq!(all[1].alias.as_deref(), Some("alias/logs"));
        assert_eq!(all[0].actions, ["s3:PutObject", "s3:PutObjectTagging", "s3:AbortMultipartUpload"]);
    }

    #[test]
    fn a_key_is_named_by_what_a_policy_can_name() {
        let key = |text: &str| {
            let right = key(text);
            (right.resources[0].clone(), right.alias)
        };
        let arn = "arn:aws:kms:eu-west-1:1:key/0a1b";
        assert_eq!(key(arn), (arn.to_owned(), None));
        assert_eq!(key("0a1b"), ("arn:{partition}:kms:{region}:{account}:key/0a1b".to_owned(), None));
        let by_alias =
            ("arn:{partition}:kms:{region}:{account}:key/*".to_owned(), Some("alias/x".to_owned()));
        assert_eq!(key("arn:aws:kms:eu-west-1:1:alias/x"), by_alias);
    }
}
