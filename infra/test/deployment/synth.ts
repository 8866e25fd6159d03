/** Synthesises dev into a folder, with the id that the public zone has in the emulator: `synth.ts FOLDER ZONE`. */
import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { dev } from '../../config/dev.ts';
import { addEnvironment } from '../../lib/app.ts';

const [outdir, id] = process.argv.slice(2);
if (outdir === undefined || id === undefined) throw new Error('synth.ts FOLDER ZONE');
const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')) as { context: Record<string, unknown> };
const app = new App({ context, outdir, analyticsReporting: false });
addEnvironment(app, { ...dev, domain: { ...dev.domain, publicZone: { ...dev.domain.publicZone, id } } });
app.synth();
