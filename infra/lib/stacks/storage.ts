/** Opt-in: CloudWatch log groups kept in S3 as well, a bucket for backups, a bucket for static files. */
import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { Bucket, StorageClass, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Environment, StorageSettings } from '../../config/environment.ts';
import { LogGroupArchive } from '../constructs/log-group-archive.ts';
import { privateBucketProps } from '../constructs/bucket.ts';
import { FOLDERS } from './logs.ts';

export interface StorageStackProps extends StackProps {
  readonly environment: Environment;
  readonly settings: StorageSettings;
  readonly logBucket: IBucket;
}

export class StorageStack extends Stack {
  constructor(scope: Construct, id: string, { environment, settings, logBucket, ...props }: StorageStackProps) {
    super(scope, id, props);
    const name = (what: string) => `${environment.service}-${environment.name}-${what}-${this.account}`;
    if (settings.archivedLogGroups.length > 0) {
      new LogGroupArchive(this, 'LogGroups', {
        name: `${environment.service}-${environment.name}-log-groups`,
        bucket: logBucket,
        prefix: FOLDERS.cloudWatch,
        logGroups: settings.archivedLogGroups,
      });
    }
    const access = (folder: string) => ({ serverAccessLogsBucket: logBucket, serverAccessLogsPrefix: `${FOLDERS.access}/${folder}/` });
    if (settings.backupBucket) {
      new Bucket(this, 'Backups', {
        ...privateBucketProps(),
        ...access('backups'),
        bucketName: name('backups'),
        removalPolicy: RemovalPolicy.RETAIN,
        lifecycleRules: [
          {
            id: 'backups',
            transitions: [{ storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL, transitionAfter: Duration.days(30) }],
            expiration: Duration.days(365),
            noncurrentVersionExpiration: Duration.days(30),
            abortIncompleteMultipartUploadAfter: Duration.days(7),
          },
          { id: 'delete-markers', expiredObjectDeleteMarker: true },
        ],
      });
    }
    if (settings.staticBucket) {
      new Bucket(this, 'Static', {
        ...privateBucketProps(),
        ...access('static'),
        bucketName: name('static'),
        removalPolicy: RemovalPolicy.RETAIN,
        lifecycleRules: [
          {
            id: 'versions',
            noncurrentVersionExpiration: Duration.days(30),
            abortIncompleteMultipartUploadAfter: Duration.days(7),
          },
        ],
      });
    }
  }
}
