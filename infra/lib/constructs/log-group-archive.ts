import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { CfnSubscriptionFilter, LogGroup, LogStream } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

export interface LogGroupArchiveProps {
  readonly name: string;
  readonly bucket: IBucket;
  readonly prefix: string;
  /** Groups that exist already, by name. */
  readonly logGroups: readonly string[];
}

/** Sends the events of log groups to S3 by way of Firehose: gzip, by year, month, day and hour. */
export class LogGroupArchive extends Construct {
  constructor(scope: Construct, id: string, { name, bucket, prefix, logGroups }: LogGroupArchiveProps) {
    super(scope, id);
    const { account, region, partition } = Stack.of(this);
    const errors = new LogGroup(this, 'Errors', { logGroupName: `/sluice/firehose/${name}`, retention: 7, removalPolicy: RemovalPolicy.DESTROY });
    const stream = new LogStream(this, 'ErrorStream', { logGroup: errors, logStreamName: 'delivery', removalPolicy: RemovalPolicy.DESTROY });

    const writer = new Role(this, 'Writer', {
      description: 'Firehose writes events of log groups to the log bucket',
      assumedBy: new ServicePrincipal('firehose.amazonaws.com', { conditions: { StringEquals: { 'sts:ExternalId': account } } }),
    });
    const rights = [
      new PolicyStatement({ actions: ['s3:PutObject', 's3:AbortMultipartUpload'], resources: [bucket.arnForObjects(`${prefix}/*`)] }),
      new PolicyStatement({
        actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        resources: [bucket.bucketArn],
      }),
      new PolicyStatement({ actions: ['logs:PutLogEvents'], resources: [errors.logGroupArn] }),
    ];
    for (const right of rights) writer.addToPolicy(right);

    const hour = 'year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/hour=!{timestamp:HH}/';
    const delivery = new CfnDeliveryStream(this, 'Delivery', {
      deliveryStreamName: name,
      deliveryStreamType: 'DirectPut',
      deliveryStreamEncryptionConfigurationInput: { keyType: 'AWS_OWNED_CMK' },
      extendedS3DestinationConfiguration: {
        bucketArn: bucket.bucketArn,
        roleArn: writer.roleArn,
        prefix: `${prefix}/${hour}`,
        errorOutputPrefix: `${prefix}/failed/!{firehose:error-output-type}/${hour}`,
        // CloudWatch sends gzip already; it is unpacked and packed once, a line an event.
        compressionFormat: 'GZIP',
        bufferingHints: { intervalInSeconds: 300, sizeInMBs: 64 },
        cloudWatchLoggingOptions: { enabled: true, logGroupName: errors.logGroupName, logStreamName: stream.logStreamName },
        processingConfiguration: {
          enabled: true,
          processors: [
            { type: 'Decompression', parameters: [{ parameterName: 'CompressionFormat', parameterValue: 'GZIP' }] },
            { type: 'CloudWatchLogProcessing', parameters: [{ parameterName: 'DataMessageExtraction', parameterValue: 'true' }] },
            { type: 'AppendDelimiterToRecord', parameters: [{ parameterName: 'Delimiter', parameterValue: '\\n' }] },
          ],
        },
      },
    });
    delivery.node.addDependency(writer);

    const sender = new Role(this, 'Sender', {
      description: 'CloudWatch Logs hands events to Firehose',
      assumedBy: new ServicePrincipal('logs.amazonaws.com', {
        conditions: { StringLike: { 'aws:SourceArn': `arn:${partition}:logs:${region}:${account}:*` } },
      }),
    });
    sender.addToPolicy(new PolicyStatement({ actions: ['firehose:PutRecord', 'firehose:PutRecordBatch'], resources: [delivery.attrArn] }));
    logGroups.forEach((logGroupName, index) => {
      const filter = new CfnSubscriptionFilter(this, `Group${index}`, {
        logGroupName,
        filterName: name,
        filterPattern: '',
        destinationArn: delivery.attrArn,
        roleArn: sender.roleArn,
      });
      filter.node.addDependency(sender);
    });
  }
}
