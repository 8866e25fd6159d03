"""Buckets, logs, tables, alarms, keys, the database."""

import json
from typing import Any

from emulator import Aws, Made, Properties, lower, resource, some, tag_map, without


@resource("AWS::S3::Bucket", moto_drops="versions, lifecycle, public access, ownership")
def _bucket(aws: Aws, p: Properties) -> Made:
    s3, name = aws("s3"), p["BucketName"]
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})
    rules = p["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    rules = [{"ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"], **some(rule, "BucketKeyEnabled")} for rule in rules]
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules})
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=p["VersioningConfiguration"])
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=p["PublicAccessBlockConfiguration"])
    s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls=p["OwnershipControls"])
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": p["Tags"]})
    lifecycle = p["LifecycleConfiguration"]
    s3.put_bucket_lifecycle_configuration(
        Bucket=name,
        LifecycleConfiguration={"Rules": [_lifecycle(rule) for rule in lifecycle["Rules"]]},
        **some(lifecycle, "TransitionDefaultMinimumObjectSize"),
    )
    return Made(name, {"Arn": f"arn:aws:s3:::{name}"})


def _lifecycle(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule in the words of the call, which groups what CloudFormation has in one row."""
    expiry = {"Days": rule.get("ExpirationInDays"), "ExpiredObjectDeleteMarker": rule.get("ExpiredObjectDeleteMarker")}
    expiry = {key: value for key, value in expiry.items() if value is not None}
    transitions = [{"Days": each["TransitionInDays"], "StorageClass": each["StorageClass"]} for each in rule.get("Transitions", [])]
    call = {"ID": rule["Id"], "Status": rule["Status"], "Filter": {"Prefix": rule.get("Prefix", "")}}
    call |= some(rule, "NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload")
    return call | ({"Expiration": expiry} if expiry else {}) | ({"Transitions": transitions} if transitions else {})


@resource("AWS::S3::BucketPolicy")
def _bucket_policy(aws: Aws, p: Properties) -> Made:
    aws("s3").put_bucket_policy(Bucket=p["Bucket"], Policy=json.dumps(p["PolicyDocument"]))
    return Made(p["Bucket"])


@resource("AWS::Logs::MetricFilter")
def _metric_filter(aws: Aws, p: Properties) -> Made:
    aws("logs").put_metric_filter(**lower(p))
    return Made(p["FilterName"])


@resource("AWS::Glue::Database")
def _database(aws: Aws, p: Properties) -> Made:
    aws("glue").create_database(DatabaseInput=p["DatabaseInput"])
    return Made(p["DatabaseInput"]["Name"])


@resource("AWS::Glue::Table")
def _table(aws: Aws, p: Properties) -> Made:
    aws("glue").create_table(DatabaseName=p["DatabaseName"], TableInput=p["TableInput"])
    return Made(p["TableInput"]["Name"])


@resource("AWS::Athena::WorkGroup")
def _work_group(aws: Aws, p: Properties) -> Made:
    aws("athena").create_work_group(**without(p, "WorkGroupConfiguration", "State"), Configuration=p["WorkGroupConfiguration"])
    return Made(p["Name"])


@resource("AWS::Athena::NamedQuery")
def _named_query(aws: Aws, p: Properties) -> Made:
    return Made(aws("athena").create_named_query(**p)["NamedQueryId"])


@resource("AWS::CloudWatch::Alarm")
def _alarm(aws: Aws, p: Properties) -> Made:
    aws("cloudwatch").put_metric_alarm(**p)
    return Made(p["AlarmName"])


@resource("AWS::SNS::Topic", moto_drops="tags")
def _topic(aws: Aws, p: Properties) -> Made:
    attributes = some(p, "DisplayName", "KmsMasterKeyId")
    return Made(aws("sns").create_topic(Name=p["TopicName"], Attributes=attributes, Tags=p["Tags"])["TopicArn"])


@resource("AWS::SNS::TopicPolicy")
def _topic_policy(aws: Aws, p: Properties) -> Made:
    for topic in p["Topics"]:
        text = json.dumps(p["PolicyDocument"])
        aws("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=text)
    return Made(p["Topics"][0])


@resource("AWS::SNS::Subscription")
def _subscription(aws: Aws, p: Properties) -> Made:
    return Made(aws("sns").subscribe(**p, ReturnSubscriptionArn=True)["SubscriptionArn"])


@resource("AWS::KMS::Key", moto_drops="every key that has tags: it fails on them")
def _key(aws: Aws, p: Properties) -> Made:
    kms = aws("kms")
    tags = [{"TagKey": key, "TagValue": value} for key, value in tag_map(p).items()]
    key = kms.create_key(Policy=json.dumps(p["KeyPolicy"]), Description=p["Description"], Tags=tags)["KeyMetadata"]
    if p["EnableKeyRotation"]:
        kms.enable_key_rotation(KeyId=key["KeyId"])
    return Made(key["KeyId"], {"Arn": key["Arn"]})


@resource("AWS::RDS::DBSubnetGroup", moto_drops="its name, when a template refers to it")
def _subnet_group(aws: Aws, p: Properties) -> Made:
    description, name = p["DBSubnetGroupDescription"], p.name.lower()
    aws("rds").create_db_subnet_group(
        DBSubnetGroupName=name, DBSubnetGroupDescription=description, SubnetIds=p["SubnetIds"], Tags=p["Tags"]
    )
    return Made(name)


@resource("AWS::RDS::DBClusterParameterGroup")
def _parameters(aws: Aws, p: Properties) -> Made:
    # moto keeps no parameters of a group.
    family, name = p["Family"], p.name.lower()
    aws("rds").create_db_cluster_parameter_group(
        DBClusterParameterGroupName=name, DBParameterGroupFamily=family, Description=p["Description"], Tags=p["Tags"]
    )
    return Made(name)


@resource("AWS::RDS::DBCluster")
def _cluster(aws: Aws, p: Properties) -> Made:
    key = p["MasterUserSecret"]["KmsKeyId"]
    cluster = aws("rds").create_db_cluster(**without(p, "MasterUserSecret"), MasterUserSecretKmsKeyId=key)["DBCluster"]
    attributes = {
        "Endpoint.Address": cluster["Endpoint"],
        "ReadEndpoint.Address": cluster["ReaderEndpoint"],
        "MasterUserSecret.SecretArn": cluster["MasterUserSecret"]["SecretArn"],
    }
    return Made(cluster["DBClusterIdentifier"], attributes)


@resource("AWS::RDS::DBInstance", moto_drops="the cluster that it belongs to")
def _instance(aws: Aws, p: Properties) -> Made:
    name = p.get("DBInstanceIdentifier") or p.name.lower()
    aws("rds").create_db_instance(**without(p, "DBInstanceIdentifier"), DBInstanceIdentifier=name)
    return Made(name)
