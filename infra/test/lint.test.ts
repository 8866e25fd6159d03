import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject, expect, test } from 'vitest';
import { run } from './tools.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

test('P4 cfn-lint finds no error in any template: properties and values are those of the schemas', { timeout: 600_000 }, async () => {
  const folder = join(inject('assemblies'), 'all');
  const templates = readdirSync(folder).filter((file) => file.endsWith('.template.json'));
  expect(templates).toHaveLength(20);
  const regional = templates.filter((file) => !file.includes('Frontend'));
  for (const [region, files] of [['ap-northeast-1', regional], ['us-east-1', templates.filter((file) => file.includes('Frontend'))]] as const) {
    const { status, output } = await run('cfn-lint', ['--regions', region, '--ignore-checks', 'W', '--', ...files], folder);
    expect(output).toBe('');
    expect(status).toBe(0);
  }
});

test('P1 actionlint finds nothing in the workflows, shellcheck nothing in their scripts', async () => {
  expect(await run('actionlint', ['-no-color'], root)).toEqual({ status: 0, output: '' });
});

test('P1 shellcheck finds nothing in the scripts', async () => {
  const folder = join(root, 'infra/scripts');
  const scripts = readdirSync(folder).filter((file) => file.endsWith('.sh'));
  expect(scripts).toContain('rollback.sh');
  expect(await run('shellcheck', scripts, folder)).toEqual({ status: 0, output: '' });
});
