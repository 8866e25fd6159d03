import { Stack } from 'aws-cdk-lib';
import { CfnConfigurationRecorder, CfnDeliveryChannel, CfnConfigRule } from 'aws-cdk-lib/aws-config';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

/** Rules of AWS, and what is wrong when they find something. */
const RULES: Record<string, string> = {
  CW_LOGGROUP_RETENTION_PERIOD_CHECK: 'a log group is kept too short or for ever',
  ECR_PRIVATE_IMAGE_SCANNING_ENABLED: 'images are not scanned',
  ECR_PRIVATE_TAG_IMMUTABILITY_ENABLED: 'a tag can be moved to another image',
  ECS_CONTAINERS_NONPRIVILEGED: 'a container is privileged',
  ECS_CONTAINER_INSIGHTS_ENABLED: 'a cluster is without Container Insights',
  ALB_HTTP_TO_HTTPS_REDIRECTION_CHECK: 'a load balancer answers HTTP without a redirect',
  ALB_WAF_ENABLED: 'a load balancer is without a firewall',
  ELB_LOGGING_ENABLED: 'a load balancer writes no access log',
  INCOMING_SSH_DISABLED: 'SSH is open to the world',
  RDS_CLUSTER_ENCRYPTED_AT_REST: 'a database is not encrypted',
  RDS_INSTANCE_PUBLIC_ACCESS_CHECK: 'a database is reachable from the internet',
  DB_INSTANCE_BACKUP_ENABLED: 'a database is not backed up',
  S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED: 'a bucket can be public',
  S3_BUCKET_SSL_REQUESTS_ONLY: 'a bucket answers without TLS',
  VPC_FLOW_LOGS_ENABLED: 'a VPC writes no flow log',
};

/** Records what resources look like, and judges them by rules. One an account and region. */
export class ConfigRecorder extends Construct {
  constructor(scope: Construct, id: string, props: { readonly bucket: IBucket; readonly prefix: string }) {
    super(scope, id);
    const stack = Stack.of(this);
    const role = new Role(this, 'Role', {
      description: 'AWS Config reads resources and writes what it saw to the log bucket',
      assumedBy: new ServicePrincipal('config.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
      }),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('service-role/AWS_ConfigRole')],
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['s3:PutObject'],
        resources: [props.bucket.arnForObjects(`${props.prefix}/AWSLogs/${stack.account}/Config/*`)],
      }),
    );
    role.addToPolicy(new PolicyStatement({ actions: ['s3:GetBucketAcl', 's3:ListBucket'], resources: [props.bucket.bucketArn] }));

    // A recorder starts when there is a channel, and a channel needs a recorder: neither waits for the other here.
    const recorder = new CfnConfigurationRecorder(this, 'Recorder', {
      roleArn: role.roleArn,
      recordingGroup: {
        // Each task brings and takes a network interface; recording them is most of the bill, and tells nothing.
        exclusionByResourceTypes: { resourceTypes: ['AWS::EC2::NetworkInterface'] },
        recordingStrategy: { useOnly: 'EXCLUSION_BY_RESOURCE_TYPES' },
        includeGlobalResourceTypes: false,
        allSupported: false,
      },
      recordingMode: { recordingFrequency: 'CONTINUOUS' },
    });
    new CfnDeliveryChannel(this, 'Channel', {
      s3BucketName: props.bucket.bucketName,
      s3KeyPrefix: props.prefix,
      configSnapshotDeliveryProperties: { deliveryFrequency: 'TwentyFour_Hours' },
    });
    for (const [identifier, description] of Object.entries(RULES)) {
      const rule = new CfnConfigRule(this, identifier, {
        description: `Non-compliant: ${description}`,
        source: { owner: 'AWS', sourceIdentifier: identifier },
        ...(identifier === 'CW_LOGGROUP_RETENTION_PERIOD_CHECK' && { inputParameters: { MinRetentionTime: 7 } }),
      });
      rule.addResourceDependency(recorder);
    }
  }
}
