import { Duration } from 'aws-cdk-lib';
import { BlockPublicAccess, BucketEncryption, ObjectOwnership, StorageClass, type BucketProps } from 'aws-cdk-lib/aws-s3';

/** What every bucket of ours has. */
export function privateBucketProps(): BucketProps {
  return {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    versioned: true,
  };
}

/**
 * A bucket of logs, kept as the log bucket keeps them: Glacier after 90 days, deleted after a year. In a versioned
 * bucket an expiry only adds a marker, so old versions and lone markers go too.
 */
export function logBucketProps(): BucketProps {
  return {
    ...privateBucketProps(),
    lifecycleRules: [
      {
        id: 'objects',
        transitions: [{ storageClass: StorageClass.GLACIER, transitionAfter: Duration.days(90) }],
        expiration: Duration.days(365),
        noncurrentVersionExpiration: Duration.days(7),
        abortIncompleteMultipartUploadAfter: Duration.days(7),
      },
      { id: 'delete-markers', expiredObjectDeleteMarker: true },
    ],
  };
}
