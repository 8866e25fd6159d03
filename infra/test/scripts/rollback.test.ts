import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const image = (digit: string) => `1.dkr.ecr.ap-northeast-1.amazonaws.com/api@sha256:${digit.repeat(64)}`;

interface Deployment {
  serviceDeploymentArn: string;
  targetServiceRevisionArn: string;
  status: string;
  createdAt: string;
  /** Statuses that it takes on when it is looked at. */
  next?: string[];
  statusReason?: string;
}

const deployment = (day: number, revision: string, status: string, next: string[] = []): Deployment => ({
  serviceDeploymentArn: `deployment-${day}`,
  targetServiceRevisionArn: `revision-${revision}`,
  status,
  createdAt: `2026-11-${String(day).padStart(2, '0')}T00:00:00Z`,
  next,
});

/** Runs the script against stubbed answers; says what it called that changes something. */
function rollback(state: { deployments: Deployment[]; inUse?: string; breaks?: boolean }, ...more: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-rollback-'));
  copyFileSync(path('fake-aws.mjs'), join(folder, 'aws'));
  chmodSync(join(folder, 'aws'), 0o755);
  const file = join(folder, 'state.json');
  const revisions = Object.fromEntries(['a', 'b', 'c'].map((name) => [`revision-${name}`, `api-prod:${name}`]));
  const images = Object.fromEntries(['a', 'b', 'c'].map((name) => [`api-prod:${name}`, image(name)]));
  writeFileSync(file, JSON.stringify({ revisions, images, ...state }));
  const run = spawnSync(
    path('../../scripts/rollback.sh'),
    ['--cluster', 'api-prod', '--service', 'api', '--digest-parameter', '/sluice/prod/api/digest', ...more],
    {
      encoding: 'utf8',
      env: { ...process.env, PATH: `${folder}:${process.env['PATH']}`, FAKE_AWS: file, FAKE_AWS_MODULES: import.meta.url, POLL_SECONDS: '0' },
    },
  );
  const calls = existsSync(`${file}.calls`) ? readFileSync(`${file}.calls`, 'utf8').trim().split('\n') : [];
  return { status: run.status, told: run.stderr, calls };
}

const noted = (digit: string) =>
  `ssm put-parameter --name /sluice/prod/api/digest --type String --overwrite --value sha256:${digit.repeat(64)} --output text`;

describe('rollback', () => {
  test('P1 stops a deployment that is running, waits, and keeps the digest that is back in use', () => {
    const running = deployment(3, 'c', 'IN_PROGRESS', ['ROLLBACK_IN_PROGRESS', 'ROLLBACK_SUCCESSFUL']);
    const { status, calls, told } = rollback({ deployments: [deployment(2, 'b', 'SUCCESSFUL'), running], inUse: 'api-prod:b' });
    expect(told).toContain('rolled back: ROLLBACK_SUCCESSFUL');
    expect(calls).toEqual(['ecs stop-service-deployment --service-deployment-arn deployment-3 --stop-type ROLLBACK --output text', noted('b')]);
    expect(status).toBe(0);
  });

  test('P1 waits for one that is being rolled back already, and stops nothing', () => {
    const { status, calls } = rollback({
      deployments: [deployment(3, 'c', 'ROLLBACK_IN_PROGRESS', ['ROLLBACK_SUCCESSFUL']), deployment(2, 'b', 'SUCCESSFUL')],
      inUse: 'api-prod:b',
    });
    expect(calls).toEqual([noted('b')]);
    expect(status).toBe(0);
  });

  test('P1 tells when ECS cannot roll back', () => {
    const running = { ...deployment(1, 'a', 'IN_PROGRESS', ['ROLLBACK_FAILED']), statusReason: 'no previous deployment' };
    const { status, told } = rollback({ deployments: [running], inUse: 'api-prod:a' });
    expect(told).toContain('no previous deployment');
    expect(status).toBe(1);
  });

  test('P1 a finished deployment: back to the last that succeeded with another task definition, past those that failed', () => {
    const { status, calls } = rollback({
      deployments: [
        deployment(1, 'a', 'SUCCESSFUL'),
        deployment(4, 'c', 'SUCCESSFUL'),
        deployment(2, 'b', 'ROLLBACK_SUCCESSFUL'),
        deployment(3, 'c', 'SUCCESSFUL'),
      ],
      inUse: 'api-prod:c',
    });
    expect(calls).toEqual([
      'ecs update-service --cluster api-prod --service api --task-definition api-prod:a --query service.serviceArn --output text',
      noted('a'),
    ]);
    expect(status).toBe(0);
  });

  test('P1 fails when the earlier one does not get healthy either', () => {
    const { status, told, calls } = rollback({
      deployments: [deployment(1, 'a', 'SUCCESSFUL'), deployment(2, 'b', 'SUCCESSFUL')],
      inUse: 'api-prod:b',
      breaks: true,
    });
    expect(told).toContain('api-prod:a did not get healthy');
    expect(calls).not.toContain(noted('a'));
    expect(status).toBe(1);
  });

  test('P1 without an earlier success it says so and changes nothing', () => {
    const { status, told, calls } = rollback({
      deployments: [deployment(1, 'a', 'SUCCESSFUL'), deployment(2, 'b', 'ROLLBACK_SUCCESSFUL')],
      inUse: 'api-prod:a',
    });
    expect(told).toContain('there is no earlier successful deployment of api');
    expect(calls).toEqual([]);
    expect(status).toBe(1);
  });

  test('P1 a service that is not there', () => {
    const { status, told } = rollback({ deployments: [] });
    expect(told).toContain('there is no service api in the cluster api-prod');
    expect(status).toBe(1);
  });

  test('P1 --dry-run tells and changes nothing', () => {
    const { status, told, calls } = rollback(
      { deployments: [deployment(1, 'a', 'SUCCESSFUL'), deployment(2, 'b', 'SUCCESSFUL')], inUse: 'api-prod:b' },
      '--dry-run',
    );
    expect(told).toContain('from api-prod:b to api-prod:a');
    expect(calls).toEqual([]);
    expect(status).toBe(0);
  });

  test('P1 a wrong command line is told', () => {
    const run = spawnSync(path('../../scripts/rollback.sh'), ['--cluster', 'x'], { encoding: 'utf8' });
    expect(run.status).toBe(64);
    expect(run.stderr).toContain('usage:');
  });
});
