/**
 * Topics, alarms and dashboards: the half of the rendered template that watches.
 *
 * Every alarm comes from `sluice.toml`, none is written here, so each has one owner. What the alarms watch exists when
 * this stack is made; its names fill the template's parameters.
 */
import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Environment } from '../../config/environment.ts';
import { includeRendered, type Watched } from '../rendered/include.ts';

export interface MonitoringStackProps extends StackProps {
  readonly environment: Environment;
  readonly watched: Watched;
}

export class MonitoringStack extends Stack {
  constructor(scope: Construct, id: string, { environment, watched, ...props }: MonitoringStackProps) {
    super(scope, id, props);
    includeRendered(this, environment.name, 'watch', watched);
  }
}
