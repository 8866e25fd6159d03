//! The bucket and its policy.

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::types as s3;
use serde_json::{Value, json};
use sluice_aws::CallError;

use super::json::{document, int, list, put, tags, text};
use super::{ApiError, Clients, Found, Order, Owner, subject};
use crate::resource::Resource;

/// The answer, or none when the service says with this code that there is none.
fn unless<T, E>(
    answer: Result<T, SdkError<E, aws_sdk_s3::config::http::HttpResponse>>,
    absent: &str,
    call: &'static str,
    subject: &str,
) -> Result<Option<T>, ApiError>
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.code() == Some(absent) => Ok(None),
        Err(error) => Err(CallError::new(call, subject, &error).into()),
    }
}

pub(super) async fn read(clients: &Clients, resource: &Resource) -> Result<Option<Found>, ApiError> {
    let (bucket, subject) = (resource.name(), subject(resource));
    let s3 = &clients.s3;
    let tags = match s3.get_bucket_tagging().bucket(&bucket).send().await {
        Ok(answer) => Some(answer),
        Err(error) if error.code() == Some("NoSuchBucket") => return Ok(None),
        Err(error) if error.code() == Some("NoSuchTagSet") => None,
        Err(error) => return Err(CallError::new("s3:GetBucketTagging", &subject, &error).into()),
    };
    let mut properties = json!({"BucketName": bucket});
    let versioning = s3.get_bucket_versioning().bucket(&bucket).send().await;
    let versioning = versioning.map_err(|e| CallError::new("s3:GetBucketVersioning", &subject, &e))?;
    if let Some(status) = versioning.status() {
        properties["VersioningConfiguration"] = json!({"Status": status.as_str()});
    }
    let encryption = s3.get_bucket_encryption().bucket(&bucket).send().await;
    let absent = "ServerSideEncryptionConfigurationNotFoundError";
    let encryption = unless(encryption, absent, "s3:GetBucketEncryption", &subject)?;
    if let Some(found) = encryption.and_then(|answer| answer.server_side_encryption_configuration) {
        properties["BucketEncryption"] = encryption_json(&found);
    }
    let block = s3.get_public_access_block().bucket(&bucket).send().await;
    let absent = "NoSuchPublicAccessBlockConfiguration";
    let block = unless(block, absent, "s3:GetPublicAccessBlock", &subject)?;
    if let Some(found) = block.and_then(|answer| answer.public_access_block_configuration) {
        properties["PublicAccessBlockConfiguration"] = json!({
            "BlockPublicAcls": found.block_public_acls().unwrap_or_default(),
            "BlockPublicPolicy": found.block_public_policy().unwrap_or_default(),
            "IgnorePublicAcls": found.ignore_public_acls().unwrap_or_default(),
            "RestrictPublicBuckets": found.restrict_public_buckets().unwrap_or_default(),
        });
    }
    let ownership = s3.get_bucket_ownership_controls().bucket(&bucket).send().await;
    let absent = "OwnershipControlsNotFoundError";
    let ownership = unless(ownership, absent, "s3:GetBucketOwnershipControls", &subject)?;
    if let Some(found) = ownership.and_then(|answer| answer.ownership_controls) {
        let rules =
            found.rules().iter().map(|rule| json!({"ObjectOwnership": rule.object_ownership().as_str()}));
        properties["OwnershipControls"] = json!({"Rules": rules.collect::<Value>()});
    }
    let lifecycle = s3.get_bucket_lifecycle_configuration().bucket(&bucket).send().await;
    let absent = "NoSuchLifecycleConfiguration";
    let lifecycle = unless(lifecycle, absent, "s3:GetBucketLifecycleConfiguration", &subject)?;
    if let Some(found) = lifecycle {
        properties["LifecycleConfiguration"] =
            json!({"Rules": found.rules().iter().map(rule_json).collect::<Value>()});
    }
    let owner = match tags {
        Some(answer) => Owner::Tags(
            answer.tag_set().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect(),
        ),
        None if is_bare(clients, &bucket, &subject).await? => Owner::Unfinished,
        None => Owner::Tags(Default::default()),
    };
    Ok(Some(Found::new(properties, owner)))
}

/// Whether a bucket without tags has no versions of objects either: then a run of ours that was cut off may have made
/// it, since buckets get their tags by a second call. There is nothing in it that could be lost.
async fn is_bare(clients: &Clients, bucket: &str, subject: &str) -> Result<bool, ApiError> {
    let versions = clients.s3.list_object_versions().bucket(bucket).max_keys(1).send().await;
    let versions = versions.map_err(|e| CallError::new("s3:ListObjectVersions", subject, &e))?;
    Ok(versions.versions().is_empty() && versions.delete_markers().is_empty())
}

fn encryption_json(found: &s3::ServerSideEncryptionConfiguration) -> Value {
    let rules = found.rules().iter().filter_map(|rule| {
        let by_default = rule.apply_server_side_encryption_by_default()?;
        let mut inside = json!({"SSEAlgorithm": by_default.sse_algorithm().as_str()});
        put(&mut inside, "KMSMasterKeyID", by_default.kms_master_key_id());
        Some(json!({"ServerSideEncryptionByDefault": inside}))
    });
    json!({"ServerSideEncryptionConfiguration": rules.collect::<Value>()})
}

#[allow(deprecated)]
fn rule_json(rule: &s3::LifecycleRule) -> Value {
    let mut out = json!({"Status": rule.status().as_str()});
    put(&mut out, "Id", rule.id());
    let both = rule.filter().and_then(|filter| filter.and());
    let prefix = rule.filter().and_then(|filter| filter.prefix()).or(rule.prefix());
    let prefix = prefix.or(both.and_then(|both| both.prefix()));
    put(&mut out, "Prefix", prefix.filter(|prefix| !prefix.is_empty()));
    if let Some(filter) = rule.filter() {
        narrowed(&mut out, filter);
    }
    let moves: Vec<Value> = rule
        .transitions()
        .iter()
        .map(|moved| {
            let class = moved.storage_class().map(s3::TransitionStorageClass::as_str);
            let mut out = json!({"StorageClass": class});
            put(&mut out, "TransitionInDays", moved.days());
            put(&mut out, "TransitionDate", moved.date().map(ToString::to_string));
            out
        })
        .collect();
    put(&mut out, "Transitions", Some(moves).filter(|moves| !moves.is_empty()));
    let moves: Vec<Value> = rule
        .noncurrent_version_transitions()
        .iter()
        .map(|moved| {
            let class = moved.storage_class().map(s3::TransitionStorageClass::as_str);
            json!({"StorageClass": class, "TransitionInDays": moved.noncurrent_days()})
        })
        .collect();
    put(&mut out, "NoncurrentVersionTransitions", Some(moves).filter(|moves| !moves.is_empty()));
    if let Some(expiry) = rule.expiration() {
        put(&mut out, "ExpirationInDays", expiry.days());
        put(&mut out, "ExpirationDate", expiry.date().map(ToString::to_string));
        put(&mut out, "ExpiredObjectDeleteMarker", expiry.expired_object_delete_marker().filter(|yes| *yes));
    }
    if let Some(expiry) = rule.noncurrent_version_expiration() {
        let mut inside = json!({"NoncurrentDays": expiry.noncurrent_days()});
        put(&mut inside, "NewerNoncurrentVersions", expiry.newer_noncurrent_versions());
        out["NoncurrentVersionExpiration"] = inside;
    }
    if let Some(days) =
        rule.abort_incomplete_multipart_upload().and_then(|abort| abort.days_after_initiation())
    {
        out["AbortIncompleteMultipartUpload"] = json!({"DaysAfterInitiation": days});
    }
    out
}

/// What narrows a rule to some objects. None of it is desired: set by hand, it keeps objects for ever.
fn narrowed(out: &mut Value, filter: &s3::LifecycleRuleFilter) {
    let both = filter.and();
    let tags = filter.tag().into_iter().chain(both.into_iter().flat_map(|both| both.tags()));
    let tags: Vec<Value> = tags.map(|tag| json!({"Key": tag.key(), "Value": tag.value()})).collect();
    put(out, "TagFilters", Some(tags).filter(|tags| !tags.is_empty()));
    let above = filter.object_size_greater_than().or(both.and_then(|both| both.object_size_greater_than()));
    put(out, "ObjectSizeGreaterThan", above);
    let below = filter.object_size_less_than().or(both.and_then(|both| both.object_size_less_than()));
    put(out, "ObjectSizeLessThan", below);
}

fn rule(value: &Value, subject: &str) -> Result<s3::LifecycleRule, ApiError> {
    let mut rule = s3::LifecycleRule::builder()
        .id(text(value, "Id"))
        .status(text(value, "Status").into())
        .filter(s3::LifecycleRuleFilter::builder().prefix(text(value, "Prefix")).build());
    for moved in list(value, "Transitions") {
        let class = text(moved, "StorageClass").into();
        let moved = s3::Transition::builder().storage_class(class).set_days(int(moved, "TransitionInDays"));
        rule = rule.transitions(moved.build());
    }
    let marker = value["ExpiredObjectDeleteMarker"].as_bool();
    let days = int(value, "ExpirationInDays");
    if marker.is_some() || days.is_some() {
        let expiry =
            s3::LifecycleExpiration::builder().set_days(days).set_expired_object_delete_marker(marker);
        rule = rule.expiration(expiry.build());
    }
    if let Some(days) = int(&value["NoncurrentVersionExpiration"], "NoncurrentDays") {
        let expiry = s3::NoncurrentVersionExpiration::builder().noncurrent_days(days);
        rule = rule.noncurrent_version_expiration(expiry.build());
    }
    if let Some(days) = int(&value["AbortIncompleteMultipartUpload"], "DaysAfterInitiation") {
        let abort = s3::AbortIncompleteMultipartUpload::builder().days_after_initiation(days);
        rule = rule.abort_incomplete_multipart_upload(abort.build());
    }
    rule.build().map_err(|error| ApiError::build(subject, error))
}

pub(super) async fn write(clients: &Clients, order: &Order<'_>) -> Result<(), ApiError> {
    let (bucket, subject) = (order.resource.name(), order.subject());
    let s3 = &clients.s3;
    if order.found.is_none() {
        let mut create = s3.create_bucket().bucket(&bucket);
        // us-east-1 is where buckets go that name no place, and S3 refuses its name.
        if clients.region != "us-east-1" {
            let place = s3::BucketLocationConstraint::from(clients.region.as_str());
            let place = s3::CreateBucketConfiguration::builder().location_constraint(place);
            create = create.create_bucket_configuration(place.build());
        }
        unless(create.send().await, "BucketAlreadyOwnedByYou", "s3:CreateBucket", &subject)?;
    }
    if order.wants("Tags") {
        let mut all = order.found.map(Found::tags).unwrap_or_default();
        all.extend(tags(&order.resource.properties));
        let set: Result<Vec<_>, _> =
            all.iter().map(|(key, value)| s3::Tag::builder().key(key).value(value).build()).collect();
        let set = set.map_err(|error| ApiError::build(&subject, error))?;
        let tagging = s3::Tagging::builder().set_tag_set(Some(set)).build();
        let tagging = tagging.map_err(|error| ApiError::build(&subject, error))?;
        let done = s3.put_bucket_tagging().bucket(&bucket).tagging(tagging).send().await;
        done.map_err(|e| CallError::new("s3:PutBucketTagging", &subject, &e))?;
    }
    if order.wants("PublicAccessBlockConfiguration") {
        let wanted = order.property("PublicAccessBlockConfiguration");
        let block = s3::PublicAccessBlockConfiguration::builder()
            .set_block_public_acls(wanted["BlockPublicAcls"].as_bool())
            .set_block_public_policy(wanted["BlockPublicPolicy"].as_bool())
            .set_ignore_public_acls(wanted["IgnorePublicAcls"].as_bool())
            .set_restrict_public_buckets(wanted["RestrictPublicBuckets"].as_bool());
        let put = s3.put_public_access_block().bucket(&bucket);
        let done = put.public_access_block_configuration(block.build()).send().await;
        done.map_err(|e| CallError::new("s3:PutPublicAccessBlock", &subject, &e))?;
    }
    if order.wants("OwnershipControls") {
        let rules = list(order.property("OwnershipControls"), "Rules").iter().map(|rule| {
            s3::OwnershipControlsRule::builder()
                .object_ownership(text(rule, "ObjectOwnership").into())
                .build()
        });
        let rules: Result<Vec<_>, _> = rules.collect();
        let rules = rules.map_err(|error| ApiError::build(&subject, error))?;
        let controls = s3::OwnershipControls::builder().set_rules(Some(rules)).build();
        let controls = controls.map_err(|error| ApiError::build(&subject, error))?;
        let done =
            s3.put_bucket_ownership_controls().bucket(&bucket).ownership_controls(controls).send().await;
        done.map_err(|e| CallError::new("s3:PutBucketOwnershipControls", &subject, &e))?;
    }
    write_storage(clients, order, &bucket, &subject).await
}

/// What becomes of the objects: encryption, versions, age.
async fn write_storage(
    clients: &Clients,
    order: &Order<'_>,
    bucket: &str,
    subject: &str,
) -> Result<(), ApiError> {
    let s3 = &clients.s3;
    if order.wants("BucketEncryption") {
        let wanted = list(order.property("BucketEncryption"), "ServerSideEncryptionConfiguration");
        let algorithm =
            wanted.first().map(|rule| text(&rule["ServerSideEncryptionByDefault"], "SSEAlgorithm"));
        let default = s3::ServerSideEncryptionByDefault::builder()
            .sse_algorithm(algorithm.unwrap_or_default().into())
            .build()
            .map_err(|error| ApiError::build(subject, error))?;
        let rule =
            s3::ServerSideEncryptionRule::builder().apply_server_side_encryption_by_default(default).build();
        let all = s3::ServerSideEncryptionConfiguration::builder().rules(rule).build();
        let all = all.map_err(|error| ApiError::build(subject, error))?;
        let put = s3.put_bucket_encryption().bucket(bucket);
        let done = put.server_side_encryption_configuration(all).send().await;
        done.map_err(|e| CallError::new("s3:PutBucketEncryption", subject, &e))?;
    }
    if order.wants("VersioningConfiguration") {
        let status = text(order.property("VersioningConfiguration"), "Status").into();
        let versioning = s3::VersioningConfiguration::builder().status(status).build();
        let done =
            s3.put_bucket_versioning().bucket(bucket).versioning_configuration(versioning).send().await;
        done.map_err(|e| CallError::new("s3:PutBucketVersioning", subject, &e))?;
    }
    if order.wants("LifecycleConfiguration") {
        let rules = list(order.property("LifecycleConfiguration"), "Rules").iter();
        let rules: Result<Vec<_>, _> = rules.map(|value| rule(value, subject)).collect();
        let all = s3::BucketLifecycleConfiguration::builder().set_rules(Some(rules?)).build();
        let all = all.map_err(|error| ApiError::build(subject, error))?;
        let put = s3.put_bucket_lifecycle_configuration().bucket(bucket);
        let done = put.lifecycle_configuration(all).send().await;
        done.map_err(|e| CallError::new("s3:PutBucketLifecycleConfiguration", subject, &e))?;
    }
    Ok(())
}

pub(super) async fn read_policy(clients: &Clients, resource: &Resource) -> Result<Option<Found>, ApiError> {
    let (bucket, subject) = (resource.name(), subject(resource));
    let answer = clients.s3.get_bucket_policy().bucket(&bucket).send().await;
    match answer {
        Ok(answer) => {
            let policy = document(answer.policy().unwrap_or_default());
            Ok(Some(Found::new(json!({"Bucket": bucket, "PolicyDocument": policy}), Owner::Parent)))
        }
        Err(error) if matches!(error.code(), Some("NoSuchBucketPolicy" | "NoSuchBucket")) => Ok(None),
        Err(error) => Err(CallError::new("s3:GetBucketPolicy", &subject, &error).into()),
    }
}

pub(super) async fn write_policy(clients: &Clients, order: &Order<'_>) -> Result<(), ApiError> {
    let policy = order.property("PolicyDocument").to_string();
    let put = clients.s3.put_bucket_policy().bucket(order.resource.name()).policy(policy);
    put.send().await.map_err(|e| CallError::new("s3:PutBucketPolicy", &order.subject(), &e))?;
    Ok(())
}
