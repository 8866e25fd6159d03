import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import type { Construct } from 'constructs';
import { split, type Half, type Template } from './split.ts';

/** Parameters of the rendered template; what is not given leaves out the alarms and widgets that need it. */
export interface Watched {
  readonly EcsClusterName?: string;
  readonly EcsServiceName?: string;
  readonly DbClusterIdentifier?: string;
  readonly LoadBalancerFullName?: string;
  readonly TargetGroupFullName?: string;
}

export function renderedTemplate(env: string): Template {
  const path = fileURLToPath(new URL(`../../rendered/${env}/sluice.template.json`, import.meta.url));
  return JSON.parse(readFileSync(path, 'utf8')) as Template;
}

/** Includes one half of the template that `logctl` rendered for an environment. */
export function includeRendered(scope: Construct, env: string, half: Half, watched: Watched = {}): CfnInclude {
  const given = Object.entries(watched).filter(([, value]) => value !== undefined && value !== '');
  const template = split(renderedTemplate(env), half, given.map(([name]) => name));
  // CfnInclude reads files only.
  const file = join(mkdtempSync(join(tmpdir(), 'sluice-')), 'template.json');
  writeFileSync(file, JSON.stringify(template));
  const empty = Object.keys(template.Parameters ?? {}).map((name) => [name, '']);
  return new CfnInclude(scope, 'Rendered', {
    templateFile: file,
    parameters: { ...Object.fromEntries(empty), ...Object.fromEntries(given) },
  });
}
