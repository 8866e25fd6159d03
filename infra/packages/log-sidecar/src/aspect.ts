import { type IAspect } from 'aws-cdk-lib';
import { FirelensLogRouter, TaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { IConstruct } from 'constructs';
import { LogSidecar, type LogSidecarProps } from './log-sidecar.ts';

/**
 * Gives every task definition below a scope the sidecar: `Aspects.of(app).add(new LogSidecars({ spec, env }))`.
 * One that has a FireLens container already is left as it is.
 */
export class LogSidecars implements IAspect {
  constructor(private readonly props: LogSidecarProps) {}

  visit(node: IConstruct): void {
    if (!(node instanceof TaskDefinition)) return;
    if (node.node.children.some((child) => child instanceof FirelensLogRouter)) return;
    new LogSidecar(node, this.props);
  }
}
