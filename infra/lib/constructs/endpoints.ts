import { Stack } from 'aws-cdk-lib';
import {
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  type Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

export interface EndpointsProps {
  readonly vpc: Vpc;
  readonly cidr: string;
  /** Zones of the interface endpoints: each is billed by zone and hour. Tasks of other zones reach them too. */
  readonly zones: readonly string[];
  readonly logBucket: IBucket;
  /** ECS Exec talks over ssmmessages, and its agent in the container asks KMS for the session's key. */
  readonly exec: boolean;
}

/** The only ways out of the private subnets. Each lets through what the tasks need, of this account alone. */
export class Endpoints extends Construct {
  constructor(scope: Construct, id: string, props: EndpointsProps) {
    super(scope, id);
    this.gateway(props);
    const stack = Stack.of(this);
    const group = new SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: 'HTTPS from within the VPC to the interface endpoints',
      allowAllOutbound: false,
    });
    group.addIngressRule(Peer.ipv4(props.cidr), Port.tcp(443), 'HTTPS from within the VPC');

    const ours = (service: string, resource: string) => stack.formatArn({ service, resource });
    const repositories = ours('ecr', 'repository/*');
    this.interface(props, group, 'EcrApi', InterfaceVpcEndpointAwsService.ECR, [
      allow(['ecr:GetAuthorizationToken'], ['*']),
      allow(['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'], [repositories]),
    ]);
    this.interface(props, group, 'EcrDocker', InterfaceVpcEndpointAwsService.ECR_DOCKER, [
      allow(['ecr:GetAuthorizationToken'], ['*']),
      allow(['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'], [repositories]),
    ]);
    this.interface(props, group, 'SecretsManager', InterfaceVpcEndpointAwsService.SECRETS_MANAGER, [
      allow(['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], [ours('secretsmanager', 'secret:*')]),
    ]);
    this.interface(props, group, 'Logs', InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS, [
      allow(
        ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents', 'logs:PutRetentionPolicy'],
        [ours('logs', 'log-group:*')],
      ),
    ]);
    if (props.exec) {
      const channels = ['CreateControlChannel', 'CreateDataChannel', 'OpenControlChannel', 'OpenDataChannel'];
      this.interface(props, group, 'SsmMessages', InterfaceVpcEndpointAwsService.SSM_MESSAGES, [
        allow(channels.map((channel) => `ssmmessages:${channel}`), ['*']),
      ]);
      this.interface(props, group, 'Kms', InterfaceVpcEndpointAwsService.KMS, [allow(['kms:Decrypt'], [ours('kms', 'key/*')])]);
    }
  }

  /** ECR keeps image layers in a bucket of AWS: without it in the policy no task starts. */
  private gateway({ vpc, logBucket, exec }: EndpointsProps): void {
    const { region, partition, account } = Stack.of(this);
    const endpoint = vpc.addGatewayEndpoint('S3', {
      service: GatewayVpcEndpointAwsService.S3,
      subnets: [{ subnetType: SubnetType.PRIVATE_ISOLATED }],
    });
    endpoint.addToPolicy(
      new PolicyStatement({
        sid: 'ImageLayers',
        principals: [new AnyPrincipal()],
        actions: ['s3:GetObject'],
        resources: [`arn:${partition}:s3:::prod-${region}-starport-layer-bucket/*`],
      }),
    );
    endpoint.addToPolicy(
      new PolicyStatement({
        sid: 'Archive',
        principals: [new AnyPrincipal()],
        actions: ['s3:PutObject', 's3:PutObjectTagging', 's3:AbortMultipartUpload'],
        resources: [logBucket.arnForObjects('*')],
        conditions: { StringEquals: { 'aws:PrincipalAccount': account } },
      }),
    );
    if (!exec) return;
    endpoint.addToPolicy(
      new PolicyStatement({
        sid: 'SessionLogs',
        principals: [new AnyPrincipal()],
        // Before it writes a session's log, ECS Exec looks how the bucket encrypts.
        actions: ['s3:GetBucketLocation', 's3:GetEncryptionConfiguration'],
        resources: [logBucket.bucketArn],
        conditions: { StringEquals: { 'aws:PrincipalAccount': account } },
      }),
    );
  }

  private interface(
    { vpc, zones }: EndpointsProps,
    group: SecurityGroup,
    id: string,
    service: InterfaceVpcEndpointAwsService,
    statements: ((account: string) => PolicyStatement)[],
  ): void {
    const endpoint = new InterfaceVpcEndpoint(this, id, {
      vpc,
      service,
      privateDnsEnabled: true,
      // The group has the one rule already.
      open: false,
      securityGroups: [group],
      subnets: { subnetType: SubnetType.PRIVATE_ISOLATED, availabilityZones: [...zones] },
    });
    for (const statement of statements) endpoint.addToPolicy(statement(Stack.of(this).account));
  }
}

/** Whoever is in the VPC may only act as a principal of this account. */
function allow(actions: string[], resources: string[]): (account: string) => PolicyStatement {
  return (account) =>
    new PolicyStatement({
      principals: [new AnyPrincipal()],
      actions,
      resources,
      conditions: { StringEquals: { 'aws:PrincipalAccount': account } },
    });
}
