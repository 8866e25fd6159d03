import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readSpec } from '@sluice/log-sidecar';
import { SPEC } from '../lib/app.ts';
import { renderedTemplate } from '../lib/rendered/include.ts';
import { halfOf } from '../lib/rendered/split.ts';
import { everyTemplate, ENVIRONMENTS, only, resources, statements, template } from './support.ts';

describe.each(ENVIRONMENTS)('logs of %s', (environment) => {
  const logs = () => template(environment, 'Logs');
  const days = environment === 'dev' ? 7 : 30;

  test('L1 nothing but errors goes to CloudWatch Logs: no container writes there itself but the sidecar', () => {
    const { ContainerDefinitions } = only(template(environment, 'Compute'), 'AWS::ECS::TaskDefinition').Properties;
    const drivers = ContainerDefinitions.map((container: any) => [container.Name, container.LogConfiguration.LogDriver]);
    expect(drivers).toEqual([['app', 'awsfirelens'], ['log-router', 'awslogs']]);
    expect(only(template(environment, 'Database'), 'AWS::RDS::DBCluster').Properties['EnableCloudwatchLogsExports']).toBeUndefined();
  });

  test('L2 errors, rejected flows and workflows are kept as long as the environment says', () => {
    const groups = (['Logs', 'Network', 'Orchestration'] as const).flatMap((stack) => resources(template(environment, stack), 'AWS::Logs::LogGroup'));
    expect(groups).toHaveLength(5);
    for (const { Properties } of groups) expect(Properties['RetentionInDays'], Properties['LogGroupName']).toBe(days);
  });

  test('L3 the task role has what the sidecar needs from the spec, nothing else for logs', () => {
    const policy = only(logs(), 'AWS::IAM::ManagedPolicy');
    const spec = readSpec(SPEC, environment);
    const text = JSON.stringify(statements(policy));
    expect(text).toContain(`:s3:::${spec.archive.bucket}/${spec.archive.prefix}/*`);
    expect(text).toContain(`log-group:${spec.errors.logGroup}:*`);
    const actions = statements(policy).flatMap(({ Action }) => Action).sort();
    expect(actions).toEqual([
      'logs:CreateLogGroup',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'logs:PutRetentionPolicy',
      's3:AbortMultipartUpload',
      's3:PutObject',
    ]);
    const role = resources(template(environment, 'Compute'), 'AWS::IAM::Role').find(({ id }) => id.includes('TaskRole'));
    expect(JSON.stringify(role!.Properties['ManagedPolicyArns'])).toContain('TaskRolePolicy');
  });

  test('L4 the log bucket: Glacier after 90 days, deleted after a year, old versions too, SSE-S3, versions, private', () => {
    const bucket = only(logs(), 'AWS::S3::Bucket').Properties;
    expect(bucket['BucketName']).toBe(readSpec(SPEC, environment).archive.bucket);
    expect(bucket['VersioningConfiguration']).toEqual({ Status: 'Enabled' });
    expect(JSON.stringify(bucket['BucketEncryption'])).toContain('AES256');
    const rule = bucket['LifecycleConfiguration'].Rules.find((each: any) => each.Transitions);
    expect(rule).toMatchObject({
      ExpirationInDays: 365,
      NoncurrentVersionExpiration: { NoncurrentDays: expect.any(Number) },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: expect.any(Number) },
    });
    expect(rule.Transitions[0]).toMatchObject({ StorageClass: 'GLACIER', TransitionInDays: 90 });
  });

  test('L4 every service that writes there is let in, for this account only', () => {
    const all = statements(only(logs(), 'AWS::S3::BucketPolicy'));
    const services = all.flatMap(({ Principal }) => Principal.Service ?? []);
    expect([...new Set(services)].sort()).toEqual([
      'config.amazonaws.com',
      'delivery.logs.amazonaws.com',
      'logdelivery.elasticloadbalancing.amazonaws.com',
      'logging.s3.amazonaws.com',
    ]);
    for (const statement of all.filter(({ Effect, Principal }) => Effect === 'Allow' && Principal.Service)) {
      expect(JSON.stringify(statement), statement['Sid']).toMatch(/AWS::AccountId/);
    }
  });
});

describe.each(ENVIRONMENTS)('tables and writers of %s', (environment) => {
  const location = (id: string): string => {
    const { TableInput } = template(environment, 'Logs').Resources[id]!.Properties;
    return JSON.stringify(TableInput.Parameters['storage.location.template']);
  };

  test('A1 access and connection logs of the load balancer lie where their tables read, each apart', () => {
    const { LoadBalancerAttributes } = only(template(environment, 'Compute'), 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties;
    const { bucket } = readSpec(SPEC, environment).archive;
    for (const [kind, id] of [['access', 'AlbAccessLogsTable'], ['connection', 'AlbConnectionLogsTable']] as const) {
      const [prefix] = LoadBalancerAttributes.filter(({ Key }: { Key: string }) => Key === `${kind}_logs.s3.prefix`);
      expect(location(id)).toContain(`s3://${bucket}/${prefix.Value}/AWSLogs/`);
      const policy = JSON.stringify(only(template(environment, 'Logs'), 'AWS::S3::BucketPolicy').Properties);
      expect(policy).toContain(`:s3:::${bucket}/${prefix.Value}/AWSLogs/\${AWS::AccountId}/*`);
    }
    expect(location('AlbAccessLogsTable')).not.toBe(location('AlbConnectionLogsTable'));
  });

  test('A1 flow logs lie where their table reads', () => {
    const [all] = resources(template(environment, 'Network'), 'AWS::EC2::FlowLog').filter(({ Properties }) => Properties['TrafficType'] === 'ALL');
    const folder = /\/(\w+)\/"/.exec(JSON.stringify(all!.Properties['LogDestination']))![1];
    expect(location('VpcFlowLogsTable')).toContain(`s3://${readSpec(SPEC, environment).archive.bucket}/${folder}/AWSLogs/`);
  });

  test('A1 the firewall logs to the bucket that its table reads, under its own name', () => {
    const security = template(environment, 'Security');
    const { Name } = only(security, 'AWS::WAFv2::WebACL').Properties;
    const { BucketName } = only(security, 'AWS::S3::Bucket').Properties;
    expect(BucketName).toMatch(/^aws-waf-logs-/);
    expect(location('WafLogsTable')).toMatch(new RegExp(`s3://${BucketName}/AWSLogs/.*/WAFLogs/[^/]+/${Name}/`));
  });
});

describe('the rendered template', () => {
  test.each(ENVIRONMENTS)('P4 of %s is in the stacks whole, no resource left out or twice', (environment) => {
    const rendered = Object.keys(renderedTemplate(environment).Resources);
    const logs = Object.keys(template(environment, 'Logs').Resources);
    const monitoring = Object.keys(template(environment, 'Monitoring').Resources);
    expect([...logs, ...monitoring].sort()).toEqual(rendered.sort());
    for (const [id, resource] of Object.entries(renderedTemplate(environment).Resources)) {
      expect(halfOf(resource) === 'data' ? logs : monitoring).toContain(id);
    }
  });

  test('P4 no other stack makes an alarm, a topic or a dashboard: each has one owner', () => {
    for (const each of everyTemplate().filter(({ stack }) => !stack.endsWith('Monitoring'))) {
      for (const type of ['AWS::CloudWatch::Alarm', 'AWS::SNS::Topic', 'AWS::CloudWatch::Dashboard']) {
        expect(resources(each, type), `${type} in ${each.stack}`).toEqual([]);
      }
    }
  });

  test('P4 is rendered from the spec that the sidecar has', () => {
    for (const environment of ENVIRONMENTS) {
      const text = readFileSync(new URL(`../rendered/${environment}/sluice.template.json`, import.meta.url), 'utf8');
      const spec = readSpec(SPEC, environment);
      expect(text).toContain(`"${spec.archive.bucket}"`);
      expect(text).toContain(`"${spec.errors.logGroup}"`);
    }
  });
});
