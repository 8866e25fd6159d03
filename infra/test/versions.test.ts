/** What is pinned stays pinned. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { everyTemplate } from './support.ts';

const file = (relative: string) => readFileSync(new URL(relative, import.meta.url), 'utf8');

describe('versions', () => {
  test('P4 every package has an exact version', () => {
    for (const path of ['../package.json', '../packages/log-sidecar/package.json']) {
      const { dependencies, devDependencies } = JSON.parse(file(path)) as Record<string, Record<string, string>>;
      for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
        expect(version, `${name} in ${path}`).toMatch(/^\d+\.\d+\.\d+$/);
      }
    }
  });

  test('P4 the lock file names no registry of somebody', () => {
    const lock = JSON.parse(file('../package-lock.json')) as { packages: Record<string, { resolved?: string; link?: boolean; inBundle?: boolean; integrity?: string }> };
    for (const [name, { resolved, link, inBundle, integrity }] of Object.entries(lock.packages)) {
      if (!name.includes('node_modules/') || link || inBundle) continue;
      expect(resolved ?? 'https://registry.npmjs.org/', name).toMatch(/^https:\/\/registry\.npmjs\.org\//);
      expect(integrity, name).toMatch(/^sha512-/);
    }
  });

  test('P1 no image is called latest, and each is named by its digest', () => {
    for (const { stack, Resources } of everyTemplate()) {
      expect(JSON.stringify(Resources), stack).not.toMatch(/:latest\b/);
      for (const { Type, Properties } of Object.values(Resources)) {
        if (Type !== 'AWS::ECS::TaskDefinition') continue;
        for (const { Image } of Properties['ContainerDefinitions']) expect(JSON.stringify(Image), stack).toContain('@');
      }
    }
  });

  test('P1 every action is pinned by the SHA of a commit, with its version beside it', () => {
    const folder = fileURLToPath(new URL('../../.github/workflows/', import.meta.url));
    for (const name of readdirSync(folder)) {
      const uses = [...readFileSync(folder + name, 'utf8').matchAll(/uses: (\S+)(.*)/g)].filter(([, action]) => !action!.startsWith('./'));
      for (const [, action, rest] of uses) {
        expect(action, name).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
        expect(rest, `${action} in ${name}`).toMatch(/^ # v\d+(\.\d+)*$/);
      }
    }
  });

  test('P1 workflows have no right that a job does not ask for, and no key', () => {
    const folder = fileURLToPath(new URL('../../.github/workflows/', import.meta.url));
    for (const name of readdirSync(folder)) {
      const text = readFileSync(folder + name, 'utf8');
      expect((parse(text) as { permissions: unknown }).permissions, name).toEqual({ contents: 'read' });
      expect(text, name).not.toMatch(/aws-access-key-id|AWS_SECRET_ACCESS_KEY/);
    }
  });
});
