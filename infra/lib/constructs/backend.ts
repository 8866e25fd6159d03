import { Duration } from 'aws-cdk-lib';
import { SubnetType, type ISecurityGroup, type IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  AvailabilityZoneRebalancing,
  FargatePlatformVersion,
  FargateService,
  PropagatedTagSource,
  type ICluster,
} from 'aws-cdk-lib/aws-ecs';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { DatabaseCluster } from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import type { Environment } from '../../config/environment.ts';
import { BackendTask } from './backend-task.ts';

export interface BackendProps {
  readonly environment: Environment;
  readonly vpc: IVpc;
  readonly cluster: ICluster;
  readonly securityGroup: ISecurityGroup;
  readonly database: DatabaseCluster;
  readonly databaseKey: IKey;
}

/** The backend as a service over both zones: rolling deployments, scaling by load. */
export class Backend extends Construct {
  readonly taskDefinition: BackendTask;
  readonly service: FargateService;

  constructor(scope: Construct, id: string, props: BackendProps) {
    super(scope, id);
    const { environment } = props;
    const { backend } = environment;
    this.taskDefinition = new BackendTask(this, 'Task', {
      environment,
      family: `${environment.service}-${environment.name}`,
      database: props.database,
      databaseKey: props.databaseKey,
      exec: backend.exec,
    });

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
}
