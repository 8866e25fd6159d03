/** Programs that are no npm packages. `make test-infra` installs them; a test that cannot run fails. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'sluice');
export const venv = process.env['SLUICE_INFRA_VENV'] || join(cache, 'venv-infra');
const folders = [join(venv, 'bin'), process.env['SLUICE_INFRA_BIN'] || join(cache, 'bin')];

export function tool(name: string): string {
  const found = folders.map((folder) => join(folder, name)).find(existsSync);
  if (found === undefined) throw new Error(`${name} is in none of ${folders.join(', ')}: make test-infra installs it`);
  return found;
}

/** Runs a program to its end; both outputs together. */
export function run(name: string, args: string[], cwd: string): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(tool(name), args, { cwd, env: { ...process.env, PATH: `${folders.join(':')}:${process.env['PATH']}` } });
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data));
    child.stderr.on('data', (data: Buffer) => (output += data));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, output }));
  });
}
