/**
 * The template that `logctl render cloudformation` writes, in two halves.
 *
 * The log bucket must be there before the load balancer and the flow logs that write to it; alarms can only name what
 * is there already. One stack for both would depend on stacks that depend on it. So what holds or describes logs comes
 * first (`data`), and what watches comes last (`watch`). No resource is left out and none is in both.
 */

export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DependsOn?: string | readonly string[];
  readonly Properties?: Record<string, unknown>;
}

export interface Template {
  readonly Description?: string;
  readonly Parameters?: Record<string, { Type: string; Default?: string }>;
  readonly Conditions?: Record<string, unknown>;
  readonly Resources: Record<string, Resource>;
  readonly Outputs?: Record<string, { Value: unknown }>;
}

export type Half = 'data' | 'watch';

/** Types of the second half; every other type is of the first. */
const WATCH = ['AWS::CloudWatch::', 'AWS::SNS::', 'AWS::KMS::', 'AWS::Chatbot::', 'AWS::IAM::Role'];

export function halfOf(resource: Resource): Half {
  return WATCH.some((prefix) => resource.Type.startsWith(prefix)) ? 'watch' : 'data';
}

/** One half as a template of its own. `given` are the parameters that have a value. */
export function split(template: Template, half: Half, given: readonly string[]): Template {
  const holds = evaluate(template.Conditions ?? {}, new Set(given));
  const own = Object.entries(template.Resources).filter(([, resource]) => halfOf(resource) === half);
  const ids = new Set(own.map(([id]) => id));
  const foreign = new Set(Object.keys(template.Resources).filter((id) => !ids.has(id)));
  for (const [id, resource] of own) {
    for (const target of references(resource.Properties)) {
      if (foreign.has(target)) {
        throw new Error(
          `${id} refers to ${target}, which is in the other half of the rendered template; ` +
            'name it by its name, or move its type in lib/rendered/split.ts',
        );
      }
    }
  }
  const kept = own
    .filter(([, { Condition }]) => Condition === undefined || holds(Condition))
    .map(([id, resource]) => [id, settled(withDependencies(resource, ids), holds)]);
  return { Description: template.Description, Parameters: template.Parameters, Resources: Object.fromEntries(kept) };
}

/**
 * Whether a parameter is empty is known when the stacks are synthesised, and CloudFormation takes no import of another
 * stack in a condition. So conditions are decided here, and the template goes on without them.
 */
function evaluate(conditions: Record<string, unknown>, given: ReadonlySet<string>): (name: string) => boolean {
  const operand = (value: unknown): unknown => {
    const parameter = (value as { Ref?: string } | null)?.Ref;
    return parameter === undefined ? value : given.has(parameter);
  };
  const holds = (condition: unknown): boolean => {
    const [[name, argument] = []] = Object.entries(condition as Record<string, unknown>);
    const list = argument as unknown[];
    if (name === 'Condition') return holds(conditions[argument as string]);
    if (name === 'Fn::And') return list.every(holds);
    if (name === 'Fn::Or') return list.some(holds);
    if (name === 'Fn::Not') return !holds(list[0]);
    // The one comparison there is: a parameter with the empty text.
    if (name === 'Fn::Equals' && list[1] === '') return operand(list[0]) === false;
    throw new Error(`the rendered template has a condition that is not understood: ${JSON.stringify(condition)}`);
  };
  return (name) => {
    if (!(name in conditions)) throw new Error(`the rendered template has no condition ${name}`);
    return holds(conditions[name]);
  };
}

function settled({ Condition: _, ...resource }: Resource, holds: (name: string) => boolean): Resource {
  const choose = (value: unknown): unknown =>
    mapObjects(value, (object) => {
      const branches = object['Fn::If'];
      if (!Array.isArray(branches)) return object;
      return choose(holds(String(branches[0])) ? branches[1] : branches[2]);
    });
  return { ...resource, Properties: named(choose(resource.Properties)) as Record<string, unknown> };
}

function withDependencies(resource: Resource, ids: ReadonlySet<string>): Resource {
  const { DependsOn, ...rest } = resource;
  const kept = [DependsOn ?? []].flat().filter((id) => ids.has(id));
  return { ...rest, ...(kept.length > 0 && { DependsOn: kept }) };
}

/** `${Parameter}` within Fn::Sub as a variable of its own: a value that is an import cannot stand in its text. */
function named(properties: unknown): unknown {
  return mapObjects(properties, (object) => {
    const text = object['Fn::Sub'];
    if (typeof text !== 'string') return object;
    const names = [...text.matchAll(/\$\{([A-Za-z0-9]+)\}/g)].map((match) => match[1] as string);
    if (names.length === 0) return object;
    return { 'Fn::Sub': [text, Object.fromEntries(names.map((name) => [name, { Ref: name }]))] };
  });
}

function mapObjects(value: unknown, change: (object: Record<string, unknown>) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapObjects(item, change));
  if (typeof value !== 'object' || value === null) return value;
  const changed = change(value as Record<string, unknown>);
  if (changed !== value) return changed;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapObjects(item, change)]));
}

/** Names that Ref, Fn::GetAtt and Fn::Sub mention. */
function references(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    if (key === 'Ref') return [String(item)];
    if (key === 'Fn::GetAtt') return [String(Array.isArray(item) ? item[0] : item).split('.')[0] as string];
    const text = key === 'Fn::Sub' ? (Array.isArray(item) ? item[0] : item) : undefined;
    const inText = typeof text === 'string' ? [...text.matchAll(/\$\{([A-Za-z0-9]+)[.}]/g)].map((m) => m[1] as string) : [];
    return [...inText, ...references(item)];
  });
}
