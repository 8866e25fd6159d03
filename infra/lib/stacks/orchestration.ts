/**
 * Opt-in: workflows on Step Functions, started by EventBridge.
 *
 * `batch` runs the backend's image with another command every night. `steps` is an example of several steps, started
 * by an event of the application: it runs one task, then two at once, and ends well or says which step failed. Their log
 * groups hold errors only, like every log group here.
 *
 * The workflows have a task definition of their own, with the image that the backend had when this stack was deployed,
 * and the sidecar. The service's own would have to be exported by its revision, which could then never change.
 */
import { Aspects, Duration, Stack, TimeZone, type StackProps } from 'aws-cdk-lib';
import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { ICluster } from 'aws-cdk-lib/aws-ecs';
import { LogSidecars, type LogSidecarProps } from '@sluice/log-sidecar';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { DatabaseCluster } from 'aws-cdk-lib/aws-rds';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import { Fail, Parallel, Succeed, type StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { Environment, OrchestrationSettings } from '../../config/environment.ts';
import { BackendTask } from '../constructs/backend-task.ts';
import { runTask, Workflow, type RunsTasks } from '../constructs/workflow.ts';

export interface OrchestrationStackProps extends StackProps {
  readonly environment: Environment;
  readonly settings: OrchestrationSettings;
  readonly cluster: ICluster;
  readonly securityGroup: ISecurityGroup;
  readonly database: DatabaseCluster;
  readonly databaseKey: IKey;
  readonly sidecar: LogSidecarProps;
}

export class OrchestrationStack extends Stack {
  constructor(scope: Construct, id: string, props: OrchestrationStackProps) {
    super(scope, id, props);
    const { environment, cluster, securityGroup } = props;
    const taskDefinition = new BackendTask(this, 'Task', {
      environment,
      family: `${environment.service}-${environment.name}-jobs`,
      database: props.database,
      databaseKey: props.databaseKey,
    });
    const on = { cluster, taskDefinition, securityGroup };
    this.batch(environment, props.settings, on);
    this.steps(environment, on);
    Aspects.of(this).add(new LogSidecars(props.sidecar));
  }

  private batch(environment: Environment, settings: OrchestrationSettings, on: RunsTasks): void {
    const job = runTask(this, 'Nightly', on, ['python', '-m', 'shop.batch', 'nightly']);
    const { machine } = this.workflow('Batch', 'batch', environment, job.next(new Succeed(this, 'Done')), Duration.hours(2));
    new Schedule(this, 'Every night', {
      description: 'Starts the batch workflow',
      schedule: ScheduleExpression.expression(`cron(${settings.batchSchedule.cron})`, TimeZone.of(settings.batchSchedule.timeZone)),
      target: new StepFunctionsStartExecution(machine, { retryAttempts: 3, maxEventAge: Duration.hours(1) }),
    });
  }

  private steps(environment: Environment, on: RunsTasks): void {
    const failed = (step: string) => new Fail(this, `${step} failed`, { error: step, causePath: '$.problem.Cause' });
    const told = { resultPath: '$.problem' };
    const validate = this.step('Validate', on, 'validate').addCatch(failed('Validate'), told);
    const publish = new Parallel(this, 'Publish', { resultPath: '$.published' })
      .branch(this.step('Index', on, 'index'))
      .branch(this.step('Notify', on, 'notify'))
      .addCatch(failed('Publish'), told);
    const definition = validate.next(publish).next(new Succeed(this, 'All done'));
    const { machine } = this.workflow('Steps', 'steps', environment, definition, Duration.hours(1));
    new Rule(this, 'Import requested', {
      description: 'Starts the workflow of several steps when the application asks for it',
      eventPattern: { source: [`${environment.service}.${environment.name}`], detailType: ['Import requested'] },
      targets: [new SfnStateMachine(machine as StateMachine, { retryAttempts: 3, maxEventAge: Duration.hours(1) })],
    });
  }

  private step(id: string, on: RunsTasks, command: string) {
    return runTask(this, id, on, ['python', '-m', 'shop.batch', command]);
  }

  private workflow(id: string, name: string, environment: Environment, definition: ReturnType<Parallel['next']>, timeout: Duration): Workflow {
    return new Workflow(this, id, {
      name: `${environment.service}-${name}`,
      environment: environment.name,
      retentionDays: environment.logRetentionDays,
      definition,
      timeout,
    });
  }
}
