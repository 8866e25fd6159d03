#!/usr/bin/env -S npx tsx
/** `cdk -c environment=dev|prod`; without it both. */
import { App } from 'aws-cdk-lib';
import { dev } from '../config/dev.ts';
import { prod } from '../config/prod.ts';
import { addChecks, addEnvironment } from '../lib/app.ts';

const app = new App();
const wanted: unknown = app.node.tryGetContext('environment');
const environments = [dev, prod].filter(({ name }) => wanted === undefined || name === wanted);
if (environments.length === 0) throw new Error(`no environment ${String(wanted)}: dev and prod are there`);
for (const environment of environments) addEnvironment(app, environment);
addChecks(app);
