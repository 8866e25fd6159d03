/** The two programs that can stand behind FireLens: log-router, and Fluent Bit with the configuration rendered for it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, type Stack } from 'aws-cdk-lib';
import { FirelensConfigFileType, FirelensLogRouterType, type FirelensConfig, type HealthCheck } from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { statementsFor } from './policy.ts';
import type { SidecarSpec } from './spec.ts';

/** What of the container differs between the two. */
export interface Router {
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly stopTimeout: Duration;
  readonly command?: string[];
  readonly environment?: Record<string, string>;
  readonly firelens: FirelensConfig;
  readonly healthCheck: HealthCheck;
  readonly spoolPath: string;
  readonly readonlyRoot: boolean;
  readonly repository: string;
  readonly statements: (stack: Stack) => PolicyStatement[];
}

export function logRouter(spec: SidecarSpec, env: string): Router {
  return {
    cpu: 51,
    memoryMiB: 128,
    stopTimeout: stopTimeout(spec),
    command: ['run', '--config', '/etc/sluice/sluice.toml', '--env', env],
    firelens: { type: FirelensLogRouterType.FLUENTBIT },
    healthCheck: {
      command: ['CMD', '/log-router', 'healthcheck'],
      interval: Duration.seconds(10),
      timeout: Duration.seconds(3),
      retries: 3,
      startPeriod: Duration.seconds(5),
    },
    spoolPath: spec.spoolDir,
    readonlyRoot: true,
    repository: 'log-router',
    statements: (stack) => statementsFor(spec, stack),
  };
}

/** ECS kills the container this long after SIGTERM: ten seconds after the router's own deadline, 120 s at most on Fargate. */
function stopTimeout(spec: SidecarSpec): Duration {
  const seconds = Math.max(60, spec.deadlineSeconds + 10);
  if (seconds > 120) {
    throw new Error(`shutdown.deadline is ${spec.deadlineSeconds} s; Fargate ends a container 120 s after SIGTERM at the latest, so stay within 110 s`);
  }
  return Duration.seconds(seconds);
}

interface RenderedContainer {
  cpu: number;
  memory: number;
  stopTimeout: number;
  firelensConfiguration: { options: Record<string, string> };
  environment?: { name: string; value: string }[];
  healthCheck: { command: string[]; interval: number; timeout: number; retries: number; startPeriod: number };
  mountPoints: { containerPath: string }[];
}

/** Fluent Bit as `logctl render fluent-bit` describes it in a folder such as fluent-bit-conf/prod. */
export function fluentBit(folder: string, spec: SidecarSpec): Router {
  const read = <T>(file: string): T => JSON.parse(readFileSync(join(folder, file), 'utf8')) as T;
  const container = read<RenderedContainer>('firelens-container.json');
  const policy = read<{ Statement: object[] }>('task-role-policy.json');
  const health = container.healthCheck;
  return {
    cpu: container.cpu,
    memoryMiB: container.memory,
    stopTimeout: Duration.seconds(container.stopTimeout),
    environment: Object.fromEntries((container.environment ?? []).map(({ name, value }) => [name, value])),
    firelens: {
      type: FirelensLogRouterType.FLUENTBIT,
      options: {
        enableECSLogMetadata: true,
        configFileType: FirelensConfigFileType.FILE,
        configFileValue: container.firelensConfiguration.options['config-file-value'],
      },
    },
    healthCheck: {
      command: health.command,
      interval: Duration.seconds(health.interval),
      timeout: Duration.seconds(health.timeout),
      retries: health.retries,
      startPeriod: Duration.seconds(health.startPeriod),
    },
    spoolPath: container.mountPoints[0]?.containerPath ?? '/var/lib/fluent-bit',
    // FireLens' own start script writes its configuration into the image's root file system.
    readonlyRoot: false,
    repository: `${spec.name}-fluent-bit`,
    statements: (stack) =>
      policy.Statement.map((statement) =>
        PolicyStatement.fromJson(JSON.parse(JSON.stringify(statement).replaceAll('${AWS_ACCOUNT}', stack.account))),
      ),
  };
}
