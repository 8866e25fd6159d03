/** Findings of the checks that stand, each at its place and with its reason. Every other finding ends synthesis. */
import { Validations, type Stack } from 'aws-cdk-lib';
import type { Environment } from '../config/environment.ts';
import { readSpec } from '@sluice/log-sidecar';
import type { IConstruct } from 'constructs';
import type { StackName } from './app.ts';

export interface Acknowledged {
  readonly stack: StackName;
  /** Path of the construct below its stack; the whole stack without it. */
  readonly at?: string;
  readonly id: string;
  readonly reason: string;
}

const iam5 = (resource: string) => `AwsSolutions-IAM5[Resource::${resource}]`;
const ACCOUNT = '<AWS::AccountId>';

/** The list for one environment: names of its resources stand in the ids of findings. */
export function acknowledged(environment: Environment, spec: string): Acknowledged[] {
  const { name, service, region } = environment;
  const { archive, errors } = readSpec(spec, name);
  const stack = (of: StackName) => `Sluice-${name}-${of}`;
  const account = environment.account ?? ACCOUNT;
  const logBucket = `arn:aws:s3:::${stack('Logs')}:ExportsOutputRefLogBucket5CAE6D8C`;
  return [
    {
      stack: 'Logs',
      at: 'Rendered/LogBucket',
      id: 'AwsSolutions-S1',
      reason: 'It is where logs go: access logs of itself would be written for every log written.',
    },
    {
      stack: 'Logs',
      at: 'Rendered/LogBucketPolicy',
      id: 'AwsSolutions-S10',
      reason: 'The statement OnlyByTls names the bucket with Fn::Sub, which the rule does not read. test/guards checks it.',
    },
    {
      stack: 'Logs',
      at: 'Rendered/TaskRolePolicy',
      id: iam5(`arn:<AWS::Partition>:s3:::${[archive.bucket, archive.prefix].filter(Boolean).join('/')}/*`),
      reason: 'Objects below the archive prefix; their keys have the hour in them.',
    },
    {
      stack: 'Logs',
      at: 'Rendered/TaskRolePolicy',
      id: iam5(`arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:${errors.logGroup}:*`),
      reason: 'Log streams of the one group; each task has its own.',
    },
    ...['service-deployment', 'service-revision'].map((kind) => ({
      stack: 'Delivery' as const,
      at: 'Application/DefaultPolicy/Resource',
      id: iam5(`arn:aws:ecs:${region}:${account}:${kind}/${service}-${name}/${service}/*`),
      reason: 'Deployments of the one service have ids that ECS gives them.',
    })),
    {
      stack: 'Delivery',
      at: 'Application/DefaultPolicy/Resource',
      id: iam5(`arn:aws:s3:::${archive.bucket}/task-definitions/*`),
      reason: 'Objects below one prefix: the history of task definitions.',
    },
    {
      stack: 'Delivery',
      at: 'Application/DefaultPolicy/Resource',
      id: iam5(`arn:aws:iam::${account}:role/${stack('Compute')}-*`),
      reason: 'Roles of the tasks, whose names CloudFormation makes; to be passed to ECS tasks only.',
    },
    {
      stack: 'Delivery',
      at: 'Application/DefaultPolicy/Resource',
      id: iam5('*'),
      reason: 'Logging in to ECR, and registering and describing task definitions, are calls that take no resource.',
    },
    {
      stack: 'Network',
      at: 'LoadBalancer/Resource',
      id: 'AwsSolutions-EC23',
      reason: 'A public API: 80 and 443 are open to the world, and 80 only redirects. The firewall stands before it.',
    },
    ...(environment.database.protect
      ? []
      : [
          {
            stack: 'Database' as const,
            at: 'Cluster/Resource',
            id: 'AwsSolutions-RDS10',
            reason: 'A test environment is taken down and made again; a last snapshot is kept.',
          },
        ]),
    {
      stack: 'Security',
      at: 'Firewall/Logs/Resource',
      id: 'AwsSolutions-S1',
      reason: 'A bucket of logs that only the delivery service writes to and only operators read.',
    },
    {
      stack: 'Security',
      at: 'Config/Role/Resource',
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWS_ConfigRole]',
      reason: 'AWS keeps this policy up to date with the types that Config records; one of our own would fall behind.',
    },
    {
      stack: 'Security',
      at: 'Config/Role/DefaultPolicy/Resource',
      id: iam5(`${logBucket}/config/AWSLogs/${account}/Config/*`),
      reason: 'Objects below one prefix of the log bucket.',
    },
    ...([['Compute', 'Backend/Task'], ['Orchestration', 'Task']] as const).flatMap(([of, task]) => [
      {
        stack: of,
        at: `${task}/Resource`,
        id: 'AwsSolutions-ECS2',
        reason: 'Names, addresses and the ARN of a secret, none of them secret. The password is read from Secrets Manager.',
      },
      {
        stack: of,
        at: `${task}/ExecutionRole/DefaultPolicy/Resource`,
        id: iam5('*'),
        reason: 'ecr:GetAuthorizationToken takes no resource. The role is the agent of ECS; the task cannot use it.',
      },
      {
        stack: of,
        at: `${task}/ExecutionRole/DefaultPolicy/Resource`,
        id: iam5(`arn:aws:logs:${region}:${account}:log-group:${stack('Logs')}:ExportsOutputRefRouterLogGroup33A2A23C:*`),
        reason: 'Log streams of the one group of the sidecar.',
      },
    ]),
    ...(environment.backend.exec
      ? [
          {
            stack: 'Compute' as const,
            at: 'Backend/Task/TaskRole/DefaultPolicy/Resource',
            id: iam5('*'),
            reason: 'ECS Exec: channels of a session, and where its bucket is, are calls that take no resource. Never in prod.',
          },
          {
            stack: 'Compute' as const,
            at: 'Backend/Task/TaskRole/DefaultPolicy/Resource',
            id: iam5(`${logBucket}/*`),
            reason: 'ECS Exec writes the log of each session; CDK gives it the whole bucket. Never in prod.',
          },
        ]
      : []),
    {
      stack: 'Storage',
      at: 'LogGroups/Writer/DefaultPolicy/Resource',
      id: iam5(`${logBucket}/cloudwatch/*`),
      reason: 'Objects below one prefix of the log bucket.',
    },
    ...['Batch', 'Steps'].flatMap((workflow) => [
      {
        stack: 'Orchestration' as const,
        at: `${workflow}/Machine/Resource`,
        id: 'AwsSolutions-SF1',
        reason: 'CloudWatch Logs takes errors only, of workflows too; the history of executions is kept by Step Functions.',
      },
      {
        stack: 'Orchestration' as const,
        at: `${workflow}/Machine/Role/DefaultPolicy/Resource`,
        id: iam5('*'),
        reason: 'Delivery of logs, traces, and stopping the tasks it started are calls that take no resource.',
      },
    ]),
    {
      stack: 'Frontend',
      at: 'Firewall/Logs/Resource',
      id: 'AwsSolutions-S1',
      reason: 'A bucket of logs that only the delivery service writes to and only operators read.',
    },
    ...(['Network', 'Database'] as const).map((of) => ({
      stack: of,
      id: 'CloudFormation-Validate::W3010',
      reason: 'Zones are named in the configuration: endpoints, writer and replica have their places, and synthesis needs no account.',
    })),
  ];
}

export function acknowledge(stacks: Partial<Record<StackName, Stack>>, list: readonly Acknowledged[]): void {
  for (const { stack: name, at, id, reason } of list) {
    const stack = stacks[name];
    if (stack === undefined) continue;
    // What a setting has switched off is not there, and has no findings.
    const place = find(stack, at?.split('/') ?? []);
    if (place !== undefined) Validations.of(place).acknowledge({ id, reason });
  }
}

function find(from: IConstruct, path: readonly string[]): IConstruct | undefined {
  return path.reduce<IConstruct | undefined>((node, part) => node?.node.tryFindChild(part), from);
}
