import { fileURLToPath } from 'node:url';
import { App, Aspects, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage, FargateService, FargateTaskDefinition, LogDrivers } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { describe, expect, test } from 'vitest';
import { LogSidecar, LogSidecars, type LogSidecarProps } from '../src/index.ts';

const spec = fileURLToPath(new URL('spec.toml', import.meta.url));
const fluentBitConf = fileURLToPath(new URL('../../../../fluent-bit-conf/prod', import.meta.url));
const image = ContainerImage.fromRegistry('example.com/app@sha256:' + 'a'.repeat(64));

function stackOf(app = new App()): { app: App; stack: Stack; task: FargateTaskDefinition } {
  const stack = new Stack(app, 'Test', { env: { region: 'ap-northeast-1' } });
  const task = new FargateTaskDefinition(stack, 'Task', { cpu: 512, memoryLimitMiB: 1024 });
  return { app, stack, task };
}

interface Container {
  Name: string;
  LogConfiguration?: { LogDriver: string };
  DependsOn?: { ContainerName: string; Condition: string }[];
}

function containers(template: Template): Container[] {
  const [definition] = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
  return definition!['Properties'].ContainerDefinitions;
}

function withSidecar(props: Partial<LogSidecarProps> = {}): Template {
  const { stack, task } = stackOf();
  task.addContainer('app', { image });
  new LogSidecar(task, { spec, env: 'prod', ...props });
  return Template.fromStack(stack);
}

describe('the container', () => {
  test('C4 has 51 CPU units, 128 MiB, a health check, time to end and a spool', () => {
    const router = containers(withSidecar()).find(({ Name }) => Name === 'log-router');
    expect(router).toMatchObject({
      Cpu: 51,
      Memory: 128,
      Essential: true,
      User: '0',
      ReadonlyRootFilesystem: true,
      StopTimeout: 60,
      Command: ['run', '--config', '/etc/sluice/sluice.toml', '--env', 'prod'],
      FirelensConfiguration: { Type: 'fluentbit' },
      HealthCheck: { Command: ['CMD', '/log-router', 'healthcheck'], Interval: 10, Timeout: 3, Retries: 3, StartPeriod: 5 },
      MountPoints: [{ SourceVolume: 'spool', ContainerPath: '/var/lib/log-router', ReadOnly: false }],
      LogConfiguration: { LogDriver: 'awslogs' },
    });
  });

  test('runs the image of the digest that the parameter of the environment holds', () => {
    const template = withSidecar();
    const parameters = Object.values(template.toJSON()['Parameters'] as Record<string, { Default: string; Type: string }>);
    expect(parameters).toContainEqual({
      Type: 'AWS::SSM::Parameter::Value<String>',
      Default: '/sluice/prod/log-router/digest',
    });
    expect(JSON.stringify(containers(template))).toMatch(/log-router@/);
  });

  test('may be pulled: the execution role reads its repository', () => {
    withSidecar().hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({ Action: Match.arrayWith(['ecr:BatchGetImage']) })]),
      },
    });
  });

  test('has a log group of its own with the retention of the errors', () => {
    withSidecar().hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: Match.stringLikeRegexp('^/sluice/prod/TestTask[0-9A-F]{8}/log-router$'),
      RetentionInDays: 30,
    });
  });
});

describe('the rights', () => {
  test('L3 are the archive and the log group of the spec, and no wildcard resource', () => {
    const [policy] = Object.values(withSidecar().findResources('AWS::IAM::ManagedPolicy'));
    const arn = (tail: string) => ({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':logs:ap-northeast-1:', { Ref: 'AWS::AccountId' }, tail]],
    });
    expect(policy!['Properties'].PolicyDocument.Statement).toEqual([
      {
        Sid: 'Archive',
        Effect: 'Allow',
        Action: ['s3:PutObject', 's3:AbortMultipartUpload'],
        Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::example-logs/app/*']] },
      },
      {
        Sid: 'Errors',
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: arn(':log-group:/sluice/prod/api:*'),
      },
      {
        Sid: 'LogGroupIfItIsNotThere',
        Effect: 'Allow',
        Action: ['logs:CreateLogGroup', 'logs:PutRetentionPolicy'],
        Resource: [arn(':log-group:/sluice/prod/api'), arn(':log-group:/sluice/prod/api:*')],
      },
    ]);
  });

  test('follow the overlay of the environment', () => {
    const text = JSON.stringify(withSidecar({ env: 'dev' }).findResources('AWS::IAM::ManagedPolicy'));
    expect(text).toContain('example-logs-dev/app/*');
    expect(text).toContain('/sluice/dev/api');
  });
});

describe('the other containers', () => {
  test('log through the sidecar and start when it is healthy, before or after it', () => {
    const { stack, task } = stackOf();
    task.addContainer('before', { image });
    new LogSidecar(task, { spec, env: 'prod' });
    task.addContainer('after', { image });
    const others = containers(Template.fromStack(stack)).filter(({ Name }) => Name !== 'log-router');
    expect(others.map(({ Name }) => Name)).toEqual(['before', 'after']);
    for (const container of others) {
      expect(container.LogConfiguration).toEqual({ LogDriver: 'awsfirelens', Options: {} });
      expect(container.DependsOn).toEqual([{ ContainerName: 'log-router', Condition: 'HEALTHY' }]);
    }
  });

  test('keep a log driver of their own', () => {
    const { stack, task } = stackOf();
    task.addContainer('app', { image, logging: LogDrivers.awsLogs({ streamPrefix: 'app' }) });
    new LogSidecar(task, { spec, env: 'prod' });
    const app = containers(Template.fromStack(stack)).find(({ Name }) => Name === 'app');
    expect(app?.LogConfiguration?.LogDriver).toBe('awslogs');
    expect(app?.DependsOn).toBeUndefined();
  });

  test('are what a load balancer finds, also when the sidecar came first', () => {
    const { stack, task } = stackOf();
    new LogSidecar(task, { spec, env: 'prod' });
    const app = task.addContainer('app', { image, portMappings: [{ containerPort: 8000 }] });
    expect(task.defaultContainer).toBe(app);
    const vpc = new Vpc(stack, 'Vpc', { natGateways: 0 });
    const service = new FargateService(stack, 'Service', { cluster: new Cluster(stack, 'Cluster', { vpc }), taskDefinition: task });
    new ApplicationLoadBalancer(stack, 'Alb', { vpc }).addListener('Http', { port: 80 }).addTargets('Api', { port: 80, targets: [service] });
    Template.fromStack(stack).hasResourceProperties('AWS::ECS::Service', {
      LoadBalancers: [{ ContainerName: 'app', ContainerPort: 8000, TargetGroupArn: Match.anyValue() }],
    });
  });
});

describe('the aspect', () => {
  test('C4 gives every task definition of an app the sidecar, once', () => {
    const { app, stack, task } = stackOf();
    task.addContainer('app', { image });
    const second = new FargateTaskDefinition(stack, 'Second', { cpu: 256, memoryLimitMiB: 512 });
    second.addContainer('job', { image });
    new LogSidecar(second, { spec, env: 'prod' });
    Aspects.of(app).add(new LogSidecars({ spec, env: 'prod' }));
    const definitions = Object.values(Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition'));
    expect(definitions).toHaveLength(2);
    for (const definition of definitions) {
      const list: Container[] = definition['Properties'].ContainerDefinitions;
      expect(list.filter(({ Name }) => Name === 'log-router')).toHaveLength(1);
      expect(list.filter(({ LogConfiguration }) => LogConfiguration?.LogDriver === 'awsfirelens')).toHaveLength(1);
    }
  });
});

describe('Fluent Bit in its place', () => {
  test('L3 runs the rendered configuration with its own rights', () => {
    const template = withSidecar({ fluentBit: fluentBitConf });
    const router = containers(template).find(({ Name }) => Name === 'log-router');
    expect(router).toMatchObject({
      Cpu: 51,
      Memory: 128,
      StopTimeout: 60,
      FirelensConfiguration: {
        Type: 'fluentbit',
        Options: {
          'enable-ecs-log-metadata': 'true',
          'config-file-type': 'file',
          'config-file-value': '/fluent-bit/sluice/fluent-bit.conf',
        },
      },
      MountPoints: [{ SourceVolume: 'spool', ContainerPath: '/var/lib/fluent-bit', ReadOnly: false }],
    });
    const policies = JSON.stringify(template.findResources('AWS::IAM::ManagedPolicy'));
    expect(policies).toContain('arn:aws:s3:::example-logs/app/*');
    expect(policies).not.toContain('AWS_ACCOUNT');
  });
});
