import { describe, expect, test } from 'vitest';
import { resolveSpec } from '../src/spec.ts';

const archive = { url: 's3://example-logs/app' };

describe('the spec', () => {
  test('has the defaults of the router', () => {
    expect(resolveSpec({ name: 'api', archive }, 'prod')).toEqual({
      name: 'api',
      archive: { bucket: 'example-logs', prefix: 'app' },
      kmsKeyArn: undefined,
      tagsObjects: false,
      errors: { logGroup: '/sluice/prod/api', createGroup: true, retentionDays: undefined },
      spoolDir: '/var/lib/log-router',
      deadlineSeconds: 25,
    });
  });

  test('is overlaid by the environment, key by key', () => {
    const env = { dev: { archive: { sse: 'kms', kms_key: 'arn:aws:kms:ap-northeast-1:1:key/k' }, shutdown: { deadline: '2m' } } };
    const spec = resolveSpec({ name: 'api', archive, env }, 'dev');
    expect(spec.archive.bucket).toBe('example-logs');
    expect(spec.kmsKeyArn).toBe('arn:aws:kms:ap-northeast-1:1:key/k');
    expect(spec.deadlineSeconds).toBe(120);
  });

  test('without a prefix has none', () => {
    expect(resolveSpec({ name: 'api', archive: { url: 's3://example-logs/' } }, 'dev').archive.prefix).toBe('');
  });

  test('"off" unsets a setting', () => {
    expect(resolveSpec({ name: 'api', archive, errors: { log_group: 'off' } }, 'dev').errors.logGroup).toBe('/sluice/dev/api');
  });

  test.each([
    [{ archive }, 'name is missing'],
    [{ name: 'api', archive: { url: 'file:///tmp' } }, 'a task of ECS needs s3://BUCKET/PREFIX'],
    [{ name: 'api' }, 'archive.url is not set in the environment dev'],
    [{ name: 'api', archive: { ...archive, sse: 'kms', kms_key: 'alias/logs' } }, "must be the key's ARN"],
    [{ name: 'api', archive, shutdown: { deadline: 'soon' } }, 'shutdown.deadline is soon'],
  ])('what a task cannot use is refused: %j', (spec, message) => {
    expect(() => resolveSpec(spec, 'dev')).toThrow(message);
  });
});
