/** The cluster, the backend with its sidecar, the load balancer before it. */
import { Aspects, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import type { ISecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerInsights, ExecuteCommandLogging, type ExecuteCommandConfiguration } from 'aws-cdk-lib/aws-ecs';
import { ApplicationProtocol, type ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Key, type IKey } from 'aws-cdk-lib/aws-kms';
import type { DatabaseCluster } from 'aws-cdk-lib/aws-rds';
import { LogSidecars, type LogSidecarProps } from '@sluice/log-sidecar';
import type { Construct } from 'constructs';
import type { Environment } from '../../config/environment.ts';
import { Backend } from '../constructs/backend.ts';
import { LoadBalancer } from '../constructs/load-balancer.ts';
import { FOLDERS, type LogsStack } from './logs.ts';

export interface ComputeStackProps extends StackProps {
  readonly environment: Environment;
  readonly vpc: Vpc;
  readonly backendGroup: ISecurityGroup;
  readonly loadBalancerGroup: ISecurityGroup;
  readonly database: DatabaseCluster;
  readonly databaseKey: IKey;
  readonly logs: LogsStack;
  readonly webAclArn: string;
  readonly sidecar: LogSidecarProps;
}

export class ComputeStack extends Stack {
  readonly cluster: Cluster;
  readonly backend: Backend;
  readonly loadBalancer: LoadBalancer;
  readonly targetGroup: ApplicationTargetGroup;
  /** Known before they are: alarms and workflows name them. */
  readonly clusterName: string;
  readonly serviceName: string;

  constructor(scope: Construct, id: string, props: ComputeStackProps) {
    super(scope, id, props);
    const { environment, vpc, logs } = props;
    this.clusterName = `${environment.service}-${environment.name}`;
    this.serviceName = environment.service;
    this.cluster = new Cluster(this, 'Cluster', {
      clusterName: this.clusterName,
      vpc,
      containerInsightsV2: ContainerInsights.ENABLED,
      executeCommandConfiguration: environment.backend.exec ? this.sessions(logs) : undefined,
    });
    this.backend = new Backend(this, 'Backend', {
      environment,
      vpc,
      cluster: this.cluster,
      securityGroup: props.backendGroup,
      database: props.database,
      databaseKey: props.databaseKey,
    });
    this.loadBalancer = new LoadBalancer(this, 'LoadBalancer', {
      name: this.clusterName,
      vpc,
      securityGroup: props.loadBalancerGroup,
      domain: environment.domain,
      logBucket: logs.bucket,
      webAclArn: props.webAclArn,
      protect: environment.database.protect,
    });
    this.targetGroup = this.loadBalancer.https.addTargets('Backend', {
      targetGroupName: this.clusterName,
      port: environment.backend.port,
      protocol: ApplicationProtocol.HTTP,
      targets: [this.backend.service],
      deregistrationDelay: Duration.seconds(30),
      healthCheck: {
        path: '/health',
        healthyHttpCodes: '200',
        interval: Duration.seconds(15),
        timeout: Duration.seconds(5),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 3,
      },
    });
    Aspects.of(this).add(new LogSidecars(props.sidecar));
  }
  /** Shells into containers: encrypted by a key of their own, and what was typed kept in the log bucket. */
  private sessions(logs: LogsStack): ExecuteCommandConfiguration {
    const kmsKey = new Key(this, 'SessionKey', {
      description: `Sessions of ECS Exec in the cluster ${this.clusterName}`,
      alias: `alias/${this.clusterName}-sessions`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    return {
      kmsKey,
      logging: ExecuteCommandLogging.OVERRIDE,
      // Not to CloudWatch Logs: that takes errors only.
      logConfiguration: { s3Bucket: logs.bucket, s3KeyPrefix: FOLDERS.sessions, s3EncryptionEnabled: true },
    };
  }
}
