/**
 * Synthesises once what all tests look at: both environments with everything that is off by default switched on
 * (`all`), and as they are (`plain`). cdk-nag runs over `all` twice, with and without what is acknowledged.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import type { TestProject } from 'vitest/node';
import { allOptions } from '../config/all-options.ts';
import { dev } from '../config/dev.ts';
import { prod } from '../config/prod.ts';
import { addChecks, addEnvironment } from '../lib/app.ts';

declare module 'vitest' {
  interface ProvidedContext {
    assemblies: string;
    seconds: number;
  }
}

const { context } = JSON.parse(readFileSync(new URL('../cdk.json', import.meta.url), 'utf8')) as { context: Record<string, unknown> };

export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-infra-'));
  const started = performance.now();
  const plain = new App({ context, outdir: join(folder, 'plain'), analyticsReporting: false });
  for (const environment of [dev, prod]) addEnvironment(plain, environment);
  plain.synth();
  project.provide('seconds', (performance.now() - started) / 1000);
  for (const name of ['all', 'unacknowledged'] as const) {
    const app = new App({ context, outdir: join(folder, name), analyticsReporting: false });
    for (const environment of [dev, prod]) {
      addEnvironment(app, { ...environment, optional: allOptions }, { acknowledge: name === 'all' });
    }
    addChecks(app);
    try {
      app.synth();
    } catch (problem) {
      // The report tells the findings; the tests judge them.
      writeFileSync(join(folder, `${name}.problem`), String(problem));
    }
  }
  project.provide('assemblies', folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
