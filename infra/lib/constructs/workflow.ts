import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { SubnetType, type ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { FargatePlatformVersion, type FargateTaskDefinition, type ICluster } from 'aws-cdk-lib/aws-ecs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, IntegrationPattern, LogLevel, StateMachine, type IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import { EcsFargateLaunchTarget, EcsRunTask } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';

export interface RunsTasks {
  readonly cluster: ICluster;
  readonly taskDefinition: FargateTaskDefinition;
  readonly securityGroup: ISecurityGroup;
}

/** A state that runs the task with a command of its own and waits for its end; it is tried again when it did not start. */
export function runTask(scope: Construct, id: string, on: RunsTasks, command: string[]): EcsRunTask {
  const state = new EcsRunTask(scope, id, {
    cluster: on.cluster,
    taskDefinition: on.taskDefinition,
    launchTarget: new EcsFargateLaunchTarget({ platformVersion: FargatePlatformVersion.VERSION1_4 }),
    integrationPattern: IntegrationPattern.RUN_JOB,
    assignPublicIp: false,
    subnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
    securityGroups: [on.securityGroup],
    containerOverrides: [{ containerDefinition: on.taskDefinition.defaultContainer!, command }],
    resultPath: '$.task',
  });
  state.addRetry({ errors: ['ECS.AmazonECSException', 'States.TaskFailed'], maxAttempts: 2, interval: Duration.seconds(30), backoffRate: 2 });
  return state;
}

export interface WorkflowProps {
  readonly name: string;
  readonly environment: string;
  readonly retentionDays: number;
  readonly definition: IChainable;
  readonly timeout: Duration;
}

/** A state machine with a log group that takes errors only, and traces. */
export class Workflow extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id);
    const logs = new LogGroup(this, 'Logs', {
      // Step Functions' own prefix keeps its delivery policy within its size.
      logGroupName: `/aws/vendedlogs/states/${props.name}-${props.environment}`,
      retention: props.retentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineName: `${props.name}-${props.environment}`,
      definitionBody: DefinitionBody.fromChainable(props.definition),
      timeout: props.timeout,
      tracingEnabled: true,
      logs: { destination: logs, level: LogLevel.ERROR, includeExecutionData: false },
    });
  }
}

