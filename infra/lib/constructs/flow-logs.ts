import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Stack, RemovalPolicy } from 'aws-cdk-lib';
import { CfnFlowLog, type IVpc } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { parse } from 'smol-toml';
import { FOLDERS } from '../stacks/logs.ts';

export interface FlowLogsProps {
  readonly vpc: IVpc;
  readonly bucket: IBucket;
  readonly logGroupName: string;
  readonly retentionDays: number;
}

/** All flows to S3 as Parquet, where the table `vpc_flow_logs` reads them; rejected ones to CloudWatch Logs as well. */
export class FlowLogs extends Construct {
  readonly rejected: LogGroup;

  constructor(scope: Construct, id: string, props: FlowLogsProps) {
    super(scope, id);
    const target = { resourceId: props.vpc.vpcId, resourceType: 'VPC', maxAggregationInterval: 60 };
    new CfnFlowLog(this, 'All', {
      ...target,
      trafficType: 'ALL',
      logDestinationType: 's3',
      logDestination: `${props.bucket.bucketArn}/${FOLDERS.flows}/`,
      logFormat: tableFormat(),
      // In CloudFormation's own spelling: the schema knows no other.
      destinationOptions: { FileFormat: 'parquet', HiveCompatiblePartitions: true, PerHourPartition: true },
    });

    this.rejected = new LogGroup(this, 'Rejected', {
      logGroupName: props.logGroupName,
      retention: props.retentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new CfnFlowLog(this, 'RejectedOnly', {
      ...target,
      trafficType: 'REJECT',
      logDestinationType: 'cloud-watch-logs',
      logGroupName: this.rejected.logGroupName,
      deliverLogsPermissionArn: this.deliveryRole().roleArn,
    });
  }

  private deliveryRole(): Role {
    const { account, region, partition } = Stack.of(this);
    const role = new Role(this, 'Role', {
      description: 'Flow logs write rejected flows to their log group',
      // Only flow logs of this account: another's could name the role otherwise.
      assumedBy: new ServicePrincipal('vpc-flow-logs.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': account },
          ArnLike: { 'aws:SourceArn': `arn:${partition}:ec2:${region}:${account}:vpc-flow-log/*` },
        },
      }),
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
        resources: [this.rejected.logGroupArn],
      }),
    );
    return role;
  }
}

/** The fields in the order of the table's columns, so that both stay one. */
function tableFormat(): string {
  const path = fileURLToPath(new URL('../../../glue-schemas/vpc_flow_logs.toml', import.meta.url));
  const { columns } = parse(readFileSync(path, 'utf8')) as unknown as { columns: { name: string }[] };
  return columns.map(({ name }) => `\${${name.replaceAll('_', '-')}}`).join(' ');
}
