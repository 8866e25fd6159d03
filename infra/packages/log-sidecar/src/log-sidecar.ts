import { Aspects, Names, RemovalPolicy, Stack, Token, type IAspect } from 'aws-cdk-lib';
import {
  ContainerDefinition,
  ContainerDependencyCondition,
  type ContainerImage,
  type FirelensLogRouter,
  type LogDriverConfig,
  LogDrivers,
  type TaskDefinition,
} from 'aws-cdk-lib/aws-ecs';
import { ManagedPolicy, type IManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct, type IConstruct } from 'constructs';
import { DigestImage } from './image.ts';
import { fluentBit, logRouter, type Router } from './router.ts';
import { readSpec, type SidecarSpec } from './spec.ts';

export interface LogSidecarProps {
  /** Path of `sluice.toml`. The image carries the same file; from here come rights, spool and times. */
  readonly spec: string;
  /** Environment: chooses `[env.NAME]` of the spec, and names the parameter with the image's digest. */
  readonly env: string;
  /**
   * The image.
   * @default the digest in the parameter /sluice/ENV/log-router/digest, of the repository log-router of this account
   */
  readonly image?: ContainerImage;
  /** Folder with the rendered Fluent Bit configuration: Fluent Bit then stands in the place of log-router. */
  readonly fluentBit?: string;
  /**
   * The rights for the task's role.
   * @default what the spec needs: its archive and its log group
   */
  readonly policy?: IManagedPolicy;
  /**
   * Where the sidecar's own messages go.
   * @default a group of its own, kept as long as the errors are
   */
  readonly logGroup?: ILogGroup;
}

/**
 * The sidecar of a task: a FireLens container that takes the output of all other containers.
 *
 * Containers without a log driver of their own, also ones that are added later, log through it and start when it is
 * healthy. It never becomes the task's default container, whatever the order: a load balancer would be attached to it.
 */
export class LogSidecar extends Construct {
  readonly container: FirelensLogRouter;
  readonly spec: SidecarSpec;

  constructor(taskDefinition: TaskDefinition, props: LogSidecarProps) {
    super(taskDefinition, 'LogSidecar');
    this.spec = readSpec(props.spec, props.env);
    const router = props.fluentBit === undefined ? logRouter(this.spec, props.env) : fluentBit(props.fluentBit, this.spec);
    const before = taskDefinition.defaultContainer;

    taskDefinition.addVolume({ name: 'spool' });
    this.container = taskDefinition.addFirelensLogRouter('log-router', {
      image: props.image ?? DigestImage.fromParameter(this, props.env, router.repository),
      containerName: 'log-router',
      essential: true,
      cpu: router.cpu,
      memoryLimitMiB: router.memoryMiB,
      // FireLens' socket and the spool's volume belong to root.
      user: '0',
      readonlyRootFilesystem: router.readonlyRoot,
      stopTimeout: router.stopTimeout,
      command: router.command,
      environment: router.environment,
      firelensConfig: router.firelens,
      healthCheck: router.healthCheck,
      logging: LogDrivers.awsLogs({ logGroup: props.logGroup ?? this.ownGroup(taskDefinition, props.env), streamPrefix: 'router' }),
    });
    this.container.addMountPoints({ sourceVolume: 'spool', containerPath: router.spoolPath, readOnly: false });
    taskDefinition.defaultContainer = before;

    this.grant(taskDefinition, props, router);
    Aspects.of(taskDefinition).add(new LinkContainers(this.container));
  }

  private grant(taskDefinition: TaskDefinition, props: LogSidecarProps, router: Router): void {
    const policy =
      props.policy ?? new ManagedPolicy(this, 'Policy', { statements: router.statements(Stack.of(this)) });
    taskDefinition.taskRole.addManagedPolicy(policy);
  }

  private ownGroup(taskDefinition: TaskDefinition, env: string): LogGroup {
    const family = Token.isUnresolved(taskDefinition.family) ? Names.uniqueId(taskDefinition) : taskDefinition.family;
    return new LogGroup(this, 'LogGroup', {
      logGroupName: `/sluice/${env}/${family}/log-router`,
      retention: this.spec.errors.retentionDays ?? RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}

/** Gives every container of the task that has no log driver the sidecar's, and lets it start after the sidecar. */
class LinkContainers implements IAspect {
  constructor(private readonly router: ContainerDefinition) {}

  visit(node: IConstruct): void {
    if (!(node instanceof ContainerDefinition) || node === this.router || node.logDriverConfig !== undefined) return;
    (node as { logDriverConfig?: LogDriverConfig }).logDriverConfig = { logDriver: 'awsfirelens', options: {} };
    node.addContainerDependencies({ container: this.router, condition: ContainerDependencyCondition.HEALTHY });
  }
}
