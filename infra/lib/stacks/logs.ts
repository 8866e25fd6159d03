/**
 * What holds and describes logs: bucket, log groups, metric of errors, tables, work group, rights of the sidecar.
 *
 * All of it comes from `sluice.toml` through the rendered template. It stands before every other stack, since the load
 * balancer and the flow logs write to its bucket; the template's alarms stand in Monitoring, after what they watch.
 */
import { Stack, type StackProps } from 'aws-cdk-lib';
import { ManagedPolicy, type IManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { LogGroup, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Bucket, type CfnBucketPolicy, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Environment } from '../../config/environment.ts';
import { includeRendered } from '../rendered/include.ts';

/** Folders of the log bucket. Those of the first three are what the rendered tables read; a test holds them together. */
export const FOLDERS = {
  loadBalancer: 'alb',
  connections: 'alb-connections',
  flows: 'vpc',
  config: 'config',
  access: 's3-access',
  /** What was typed into containers, and what they answered. */
  sessions: 'ecs-exec',
  cloudWatch: 'cloudwatch',
  /** History of task definitions: the workflow puts each one here that it deployed. */
  tasks: 'task-definitions',
} as const;

export interface LogsStackProps extends StackProps {
  readonly environment: Environment;
}

export class LogsStack extends Stack {
  readonly bucket: IBucket;
  readonly taskRolePolicy: IManagedPolicy;
  readonly routerLogGroup: ILogGroup;

  constructor(scope: Construct, id: string, { environment, ...props }: LogsStackProps) {
    super(scope, id, props);
    const rendered = includeRendered(this, environment.name, 'data');
    this.bucket = Bucket.fromBucketName(this, 'Bucket', rendered.getResource('LogBucket').ref);
    this.taskRolePolicy = ManagedPolicy.fromManagedPolicyArn(this, 'SidecarRights', rendered.getResource('TaskRolePolicy').ref);
    const group = rendered.getResource('RouterLogGroup') as CfnLogGroup;
    this.routerLogGroup = LogGroup.fromLogGroupName(this, 'RouterGroup', group.ref);
    this.admit(rendered.getResource('LogBucketPolicy') as CfnBucketPolicy);
  }

  /** A bucket has one policy. The rendered one admits load balancers and flow logs; further writers join it here. */
  private admit(policy: CfnBucketPolicy): void {
    const own = { StringEquals: { 'aws:SourceAccount': this.account } };
    const objects = (path: string) => this.bucket.arnForObjects(path);
    const write = (Sid: string, Service: string, Resource: string) => ({
      Sid,
      Effect: 'Allow',
      Principal: { Service },
      Action: 's3:PutObject',
      Resource,
      Condition: own,
    });
    const document = policy.policyDocument as { Statement: object[] };
    policy.policyDocument = {
      ...document,
      Statement: [
        ...document.Statement,
        write('ConfigHistory', 'config.amazonaws.com', objects(`${FOLDERS.config}/AWSLogs/${this.account}/Config/*`)),
        {
          Sid: 'ConfigCheck',
          Effect: 'Allow',
          Principal: { Service: 'config.amazonaws.com' },
          Action: ['s3:GetBucketAcl', 's3:ListBucket'],
          Resource: this.bucket.bucketArn,
          Condition: own,
        },
        write('ServerAccessLogs', 'logging.s3.amazonaws.com', objects(`${FOLDERS.access}/*`)),
      ],
    };
  }
}
