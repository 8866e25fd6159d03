/** Looks into the synthesised templates. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { StackName } from '../lib/app.ts';

export type Properties = Record<string, any>;

export interface Resource {
  readonly id: string;
  readonly Type: string;
  readonly DependsOn?: string[];
  readonly DeletionPolicy?: string;
  readonly Properties: Properties;
}

export interface Template {
  readonly stack: string;
  readonly Parameters?: Record<string, { Type: string; Default?: string }>;
  readonly Outputs?: Record<string, { Value: unknown; Export?: { Name: string } }>;
  readonly Resources: Record<string, Omit<Resource, 'id'>>;
}

export type Assembly = 'plain' | 'all' | 'unacknowledged';
export const ENVIRONMENTS = ['dev', 'prod'] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];

export function stacksOf(assembly: Assembly, environment: EnvironmentName): StackName[] {
  return readdirSync(join(inject('assemblies'), assembly))
    .map((file) => new RegExp(`^Sluice-${environment}-(\\w+)\\.template\\.json$`).exec(file)?.[1])
    .filter((name): name is StackName => name !== undefined);
}

export function template(environment: EnvironmentName, stack: StackName, assembly: Assembly = 'all'): Template {
  const name = `Sluice-${environment}-${stack}`;
  const file = join(inject('assemblies'), assembly, `${name}.template.json`);
  return { stack: name, ...JSON.parse(readFileSync(file, 'utf8')) };
}

/** Every template of both environments, with everything switched on. */
export function everyTemplate(): Template[] {
  return ENVIRONMENTS.flatMap((environment) => stacksOf('all', environment).map((stack) => template(environment, stack)));
}

export function resources(from: Template, type: string): Resource[] {
  return Object.entries(from.Resources)
    .filter(([, { Type }]) => Type === type)
    .map(([id, resource]) => ({ id, ...resource, Properties: resource.Properties ?? {} }));
}

/** The one resource of a type. */
export function only(from: Template, type: string): Resource {
  const found = resources(from, type);
  if (found.length !== 1) throw new Error(`${found.length} resources ${type} in ${from.stack}, not one`);
  return found[0]!;
}

export function statements(policy: Resource): Properties[] {
  return policy.Properties['PolicyDocument'].Statement;
}

export interface Finding {
  readonly rule: string;
  readonly construct: string;
  readonly severity: string;
}

/** What the checks found in an assembly. */
export function findings(assembly: Assembly): Finding[] {
  const folder = join(inject('assemblies'), assembly);
  const file = join(folder, 'validation-report.json');
  if (!existsSync(file)) return [];
  const report = JSON.parse(readFileSync(file, 'utf8')) as {
    pluginReports: { violations: { ruleName: string; severity: string; violatingConstructs: { constructPath: string }[] }[] }[];
  };
  return report.pluginReports.flatMap(({ violations }) =>
    violations.flatMap(({ ruleName, severity, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => ({ rule: ruleName, construct: constructPath, severity })),
    ),
  );
}
