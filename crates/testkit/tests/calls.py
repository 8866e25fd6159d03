# What the AWS SDK for Python sees of the testkit's servers: signed calls, parts, tags, encryption, events.
# Arguments: endpoint of S3, endpoint of CloudWatch Logs, access key, secret key.
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

s3_endpoint, logs_endpoint, key, secret = sys.argv[1:]
options = {"region_name": "us-east-1", "aws_access_key_id": key, "aws_secret_access_key": secret}
config = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 5})
s3 = boto3.client("s3", endpoint_url=s3_endpoint, config=config, **options)
s3.put_object(
    Bucket="logs", Key="year=2026/a b+c.gz", Body=b"signed", ContentType="application/x-ndjson", ContentEncoding="gzip",
    ChecksumAlgorithm="CRC32", StorageClass="GLACIER_IR", ServerSideEncryption="aws:kms", SSEKMSKeyId="alias/logs",
    Tagging="a=b", Metadata={"records": "1"},
)
assert s3.get_object(Bucket="logs", Key="year=2026/a b+c.gz")["Body"].read() == b"signed"
upload = s3.create_multipart_upload(Bucket="logs", Key="big", ChecksumAlgorithm="CRC32")["UploadId"]
parts = []
for number, part in enumerate((b"a" * (5 << 20), b"end"), 1):
    sent = s3.upload_part(
        Bucket="logs", Key="big", UploadId=upload, PartNumber=number, Body=part, ChecksumAlgorithm="CRC32"
    )
    parts.append({"PartNumber": number, "ETag": sent["ETag"]})
s3.complete_multipart_upload(Bucket="logs", Key="big", UploadId=upload, MultipartUpload={"Parts": parts})
s3.put_object(Bucket="logs", Key="trailer", Body=b"x" * 100_000)
try:
    wrong = boto3.client("s3", endpoint_url=s3_endpoint, config=config, **{**options, "aws_secret_access_key": "no"})
    wrong.put_object(Bucket="logs", Key="wrong", Body=b"x")
    sys.exit("a wrong secret was accepted")
except ClientError as error:
    assert error.response["Error"]["Code"] == "SignatureDoesNotMatch", error

logs = boto3.client("logs", endpoint_url=logs_endpoint, config=Config(retries={"max_attempts": 5}), **options)
stream = {"logGroupName": "/ecs/api", "logStreamName": "task"}
now = int(time.time() * 1000)
try:
    logs.put_log_events(**stream, logEvents=[{"timestamp": now, "message": "too early"}])
    sys.exit("a missing group was accepted")
except logs.exceptions.ResourceNotFoundException:
    pass
logs.create_log_group(logGroupName="/ecs/api")
logs.create_log_stream(**stream)
logs.put_retention_policy(logGroupName="/ecs/api", retentionInDays=7)
answer = logs.put_log_events(**stream, logEvents=[{"timestamp": now, "message": "first"}])
assert answer["ResponseMetadata"]["RequestId"], answer
week = 8 * 24 * 3600 * 1000
answer = logs.put_log_events(**stream, logEvents=[{"timestamp": now - week, "message": "expired"}])
assert answer["rejectedLogEventsInfo"]["expiredLogEventEndIndex"] == 1, answer
try:
    logs.put_log_events(**stream, logEvents=[{"timestamp": now, "message": "x"}] * 10_001)
    sys.exit("10,001 events were accepted")
except logs.exceptions.InvalidParameterException:
    pass
