import { Duration } from 'aws-cdk-lib';
import { CpuArchitecture, FargateTaskDefinition, LinuxParameters, OperatingSystemFamily } from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { DatabaseCluster } from 'aws-cdk-lib/aws-rds';
import { DigestImage } from '@sluice/log-sidecar';
import type { Construct } from 'constructs';
import type { Environment } from '../../config/environment.ts';

export interface BackendTaskProps {
  readonly environment: Environment;
  readonly family: string;
  readonly database: DatabaseCluster;
  readonly databaseKey: IKey;
  /** Whether shells may be opened in it. Their agent writes into the container and leaves processes behind. */
  readonly exec?: boolean;
}

/**
 * A task with the backend's image that reaches the database. The sidecar is not mentioned: an aspect of the stack gives
 * it to every task.
 *
 * The image is the digest that the deployment workflow wrote after its last success, so that a deployment of the stack
 * does not bring back an older image.
 */
export class BackendTask extends FargateTaskDefinition {
  constructor(scope: Construct, id: string, { environment, family, database, databaseKey, exec = false }: BackendTaskProps) {
    const { backend } = environment;
    super(scope, id, {
      family,
      cpu: backend.cpu,
      memoryLimitMiB: backend.memoryMiB,
      runtimePlatform: {
        operatingSystemFamily: OperatingSystemFamily.LINUX,
        cpuArchitecture: backend.architecture === 'arm64' ? CpuArchitecture.ARM64 : CpuArchitecture.X86_64,
      },
    });
    const secret = database.secret!.secretArn;
    const container = this.addContainer('app', {
      containerName: 'app',
      image: DigestImage.fromParameter(this, environment.name, environment.service),
      essential: true,
      portMappings: [{ containerPort: backend.port }],
      readonlyRootFilesystem: !exec,
      linuxParameters: exec ? new LinuxParameters(this, 'Init', { initProcessEnabled: true }) : undefined,
      stopTimeout: Duration.seconds(30),
      environment: {
        ENVIRONMENT: environment.name,
        // Whose X-Forwarded-For to believe: only the load balancer reaches a task, from within the VPC.
        FORWARDED_ALLOW_IPS: environment.network.cidr,
        DB_HOST: database.clusterEndpoint.hostname,
        DB_READER_HOST: database.clusterReadEndpoint.hostname,
        DB_PORT: '5432',
        DB_NAME: environment.database.name,
        // RDS changes the password every seven days: the application reads it when it connects, not at its start.
        DB_SECRET_ARN: secret,
      },
    });
    this.addVolume({ name: 'tmp' });
    container.addMountPoints({ sourceVolume: 'tmp', containerPath: '/tmp', readOnly: false });
    const rights = { DatabasePassword: ['secretsmanager:GetSecretValue', secret], PasswordKey: ['kms:Decrypt', databaseKey.keyArn] };
    for (const [sid, [action, resource]] of Object.entries(rights)) {
      this.addToTaskRolePolicy(new PolicyStatement({ sid, actions: [action!], resources: [resource!] }));
    }
  }
}
