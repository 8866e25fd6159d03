import { Duration } from 'aws-cdk-lib';
import { SubnetType, type ISecurityGroup, type IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  AvailabilityZoneRebalancing,
  CpuArchitecture,
  FargatePlatformVersion,
  FargateService,
  FargateTaskDefinition,
  OperatingSystemFamily,
  PropagatedTagSource,
  type ICluster,
} from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { DatabaseCluster } from 'aws-cdk-lib/aws-rds';
import { DigestImage } from '@sluice/log-sidecar';
import { Construct } from 'constructs';
import type { Environment } from '../../config/environment.ts';

export interface BackendProps {
  readonly environment: Environment;
  readonly vpc: IVpc;
  readonly cluster: ICluster;
  readonly securityGroup: ISecurityGroup;
  readonly database: DatabaseCluster;
}

/**
 * The backend as a service over both zones. The sidecar is not mentioned: an aspect gives it to every task.
 *
 * The image is the digest that the deployment workflow wrote after its last success, so that a deployment of this
 * stack does not bring back an older image.
 */
export class Backend extends Construct {
  readonly taskDefinition: FargateTaskDefinition;
  readonly service: FargateService;

  constructor(scope: Construct, id: string, props: BackendProps) {
    super(scope, id);
    const { environment, database } = props;
    const { backend } = environment;
    const name = `${environment.service}-${environment.name}`;
    this.taskDefinition = new FargateTaskDefinition(this, 'Task', {
      family: name,
      cpu: backend.cpu,
      memoryLimitMiB: backend.memoryMiB,
      runtimePlatform: {
        operatingSystemFamily: OperatingSystemFamily.LINUX,
        cpuArchitecture: backend.architecture === 'arm64' ? CpuArchitecture.ARM64 : CpuArchitecture.X86_64,
      },
    });
    this.taskDefinition.addVolume({ name: 'tmp' });
    const container = this.taskDefinition.addContainer('app', {
      containerName: 'app',
      image: DigestImage.fromParameter(this, environment.name, environment.service),
      essential: true,
      portMappings: [{ containerPort: backend.port }],
      readonlyRootFilesystem: true,
      stopTimeout: Duration.seconds(30),
      environment: {
        ENVIRONMENT: environment.name,
        DB_HOST: database.clusterEndpoint.hostname,
        DB_READER_HOST: database.clusterReadEndpoint.hostname,
        DB_PORT: '5432',
        DB_NAME: environment.database.name,
        // RDS changes the password every seven days: the application reads it when it connects, not at its start.
        DB_SECRET_ARN: database.secret!.secretArn,
      },
    });
    container.addMountPoints({ sourceVolume: 'tmp', containerPath: '/tmp', readOnly: false });
    this.readSecret(props);

    this.service = new FargateService(this, 'Service', {
      serviceName: environment.service,
      cluster: props.cluster,
      taskDefinition: this.taskDefinition,
      platformVersion: FargatePlatformVersion.VERSION1_4,
      desiredCount: backend.minTasks,
      assignPublicIp: false,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroups: [props.securityGroup],
      availabilityZoneRebalancing: AvailabilityZoneRebalancing.ENABLED,
      // Rolling: new tasks first, then the old ones go. A deployment that does not get healthy is taken back.
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { enable: true, rollback: true },
      healthCheckGracePeriod: Duration.seconds(60),
      enableExecuteCommand: backend.exec,
      enableECSManagedTags: true,
      propagateTags: PropagatedTagSource.SERVICE,
    });
    const scaling = this.service.autoScaleTaskCount({ minCapacity: backend.minTasks, maxCapacity: backend.maxTasks });
    const cooldown = { scaleInCooldown: Duration.minutes(5), scaleOutCooldown: Duration.minutes(1) };
    scaling.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: backend.cpuTarget, ...cooldown });
    scaling.scaleOnMemoryUtilization('Memory', { targetUtilizationPercent: backend.memoryTarget, ...cooldown });
  }

  private readSecret({ database }: BackendProps): void {
    this.taskDefinition.addToTaskRolePolicy(
      new PolicyStatement({
        sid: 'DatabasePassword',
        actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
        resources: [database.secret!.secretArn],
      }),
    );
  }
}
