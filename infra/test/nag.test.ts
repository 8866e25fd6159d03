import { inject, describe, expect, test } from 'vitest';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dev } from '../config/dev.ts';
import { prod } from '../config/prod.ts';
import { acknowledged } from '../lib/acknowledged.ts';
import { SPEC } from '../lib/app.ts';
import { findings } from './support.ts';

const list = [dev, prod].flatMap((environment) =>
  acknowledged(environment, SPEC).map((each) => ({ ...each, place: [`Sluice-${environment.name}-${each.stack}`, each.at].filter(Boolean).join('/') })),
);

describe('cdk-nag and the schemas of CloudFormation', () => {
  test('P4 find nothing that is not acknowledged', () => {
    expect(findings('all')).toEqual([]);
    expect(existsSync(join(inject('assemblies'), 'all.problem'))).toBe(false);
  });

  test('P4 each acknowledged finding has a reason and is still found', () => {
    const found = findings('unacknowledged').map(({ rule, construct }) => ({ rule, construct }));
    expect(found.length).toBeGreaterThan(list.length / 2);
    for (const { id, place, reason } of list) {
      expect(reason.length, `${id} at ${place}`).toBeGreaterThan(40);
      const rule = id.replace(/^CloudFormation-Validate::/, '');
      expect(
        found.some((each) => each.rule === rule && each.construct.startsWith(place)),
        `${id} at ${place} is not found any more: take it off the list`,
      ).toBe(true);
    }
  });

  test('P4 and nothing else is let through: each finding has its entry', () => {
    for (const { rule, construct } of findings('unacknowledged')) {
      const entry = list.some(({ id, place }) => id.replace(/^CloudFormation-Validate::/, '') === rule && construct.startsWith(place));
      expect(entry, `${rule} at ${construct}`).toBe(true);
    }
  });
});
