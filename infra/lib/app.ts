/** An environment as stacks, in the order in which they stand on each other. */
import { App, Tags, Validations, type Stack } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { fileURLToPath } from 'node:url';
import { readSpec, type LogSidecarProps } from '@sluice/log-sidecar';
import type { Environment } from '../config/environment.ts';
import { acknowledge, acknowledged } from './acknowledged.ts';
import { ComputeStack } from './stacks/compute.ts';
import { DatabaseStack } from './stacks/database.ts';
import { DeliveryStack } from './stacks/delivery.ts';
import { FrontendStack } from './stacks/frontend.ts';
import { LogsStack } from './stacks/logs.ts';
import { MonitoringStack } from './stacks/monitoring.ts';
import { NetworkStack } from './stacks/network.ts';
import { OrchestrationStack } from './stacks/orchestration.ts';
import { SecurityStack } from './stacks/security.ts';
import { StorageStack } from './stacks/storage.ts';

/** The spec that everything about logs comes from; `infra/rendered` is rendered from it. */
export const SPEC = fileURLToPath(new URL('../sluice.toml', import.meta.url));

export type StackName =
  | 'Delivery'
  | 'Logs'
  | 'Network'
  | 'Database'
  | 'Security'
  | 'Compute'
  | 'Monitoring'
  | 'Storage'
  | 'Orchestration'
  | 'Frontend';

/** Adds the stacks of an environment to an app; each is named `Sluice-ENV-NAME`. */
export function addEnvironment(
  app: App,
  environment: Environment,
  options: { readonly acknowledge: boolean } = { acknowledge: true },
): Partial<Record<StackName, Stack>> {
  if (environment.name === 'prod' && environment.backend.exec) {
    throw new Error('backend.exec is true in prod: no shells into containers there; look at the logs, or try it in dev');
  }
  const env = { account: environment.account, region: environment.region };
  const base = (name: StackName, description: string) => ({
    environment,
    env,
    stackName: `Sluice-${environment.name}-${name}`,
    description: `${environment.service} in ${environment.name}: ${description}`,
    terminationProtection: environment.database.protect,
  });
  const id = (name: StackName) => `Sluice-${environment.name}-${name}`;
  const { frontend, orchestration, storage } = environment.optional;
  const logBucketName = readSpec(SPEC, environment.name).archive.bucket;

  const delivery = new DeliveryStack(app, id('Delivery'), {
    ...base('Delivery', 'image repositories and the roles of workflows'),
    logBucketName,
  });
  const logs = new LogsStack(app, id('Logs'), base('Logs', 'log bucket, log groups, tables'));
  const network = new NetworkStack(app, id('Network'), { ...base('Network', 'VPC and endpoints'), logBucket: logs.bucket });
  const database = new DatabaseStack(app, id('Database'), {
    ...base('Database', 'Aurora PostgreSQL'),
    vpc: network.vpc,
    backendGroup: network.backendGroup,
    privateZone: network.privateZone,
  });
  const security = new SecurityStack(app, id('Security'), {
    ...base('Security', 'GuardDuty, Config, firewall'),
    logBucket: logs.bucket,
    logBucketName,
  });
  const sidecar: LogSidecarProps = {
    spec: SPEC,
    env: environment.name,
    policy: logs.taskRolePolicy,
    logGroup: logs.routerLogGroup,
  };
  const compute = new ComputeStack(app, id('Compute'), {
    ...base('Compute', 'cluster, backend, load balancer'),
    vpc: network.vpc,
    backendGroup: network.backendGroup,
    loadBalancerGroup: network.loadBalancerGroup,
    database: database.cluster,
    databaseKey: database.key,
    logs,
    webAclArn: security.webAclArn,
    sidecar,
  });
  const monitoring = new MonitoringStack(app, id('Monitoring'), {
    ...base('Monitoring', 'alarms, topics, dashboards'),
    watched: {
      EcsClusterName: compute.clusterName,
      EcsServiceName: compute.serviceName,
      DbClusterIdentifier: database.clusterIdentifier,
      LoadBalancerFullName: compute.loadBalancer.balancer.loadBalancerFullName,
      TargetGroupFullName: compute.targetGroup.targetGroupFullName,
    },
  });
  // Alarms watch the metric of a filter there, by its name: no reference makes the order.
  monitoring.addStackDependency(logs);

  const stacks: Partial<Record<StackName, Stack>> = {
    Delivery: delivery,
    Logs: logs,
    Network: network,
    Database: database,
    Security: security,
    Compute: compute,
    Monitoring: monitoring,
    ...(storage && {
      Storage: new StorageStack(app, id('Storage'), { ...base('Storage', 'archives'), settings: storage, logBucket: logs.bucket }),
    }),
    ...(orchestration && {
      Orchestration: new OrchestrationStack(app, id('Orchestration'), {
        ...base('Orchestration', 'workflows'),
        settings: orchestration,
        cluster: compute.cluster,
        securityGroup: network.backendGroup,
        database: database.cluster,
        databaseKey: database.key,
        sidecar,
      }),
    }),
    ...(frontend && {
      Frontend: new FrontendStack(app, id('Frontend'), {
        ...base('Frontend', 'frontend on Amplify'),
        env: { account: environment.account, region: 'us-east-1' },
        settings: frontend,
        logBucketName,
      }),
    }),
  };
  for (const stack of Object.values(stacks)) {
    Tags.of(stack).add('sluice:environment', environment.name);
    Tags.of(stack).add('sluice:pipeline', environment.service);
  }
  if (options.acknowledge) acknowledge(stacks, acknowledged(environment, SPEC));
  return stacks;
}

/** Every finding of cdk-nag ends synthesis, except those in `acknowledged.ts`. */
export function addChecks(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { verbose: true }));
}
