import { App } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { prod } from '../config/prod.ts';
import { addEnvironment } from '../lib/app.ts';
import { Template } from 'aws-cdk-lib/assertions';
import { ENVIRONMENTS, only, resources, statements, template } from './support.ts';

describe.each(ENVIRONMENTS)('security of %s', (environment) => {
  const security = () => template(environment, 'Security');

  test('S1 GuardDuty is on', () => {
    expect(only(security(), 'AWS::GuardDuty::Detector').Properties).toMatchObject({ Enable: true });
  });

  test('S2 Config records, without the interfaces of tasks that come and go, and has rules', () => {
    const recorder = only(security(), 'AWS::Config::ConfigurationRecorder');
    expect(recorder.Properties['RecordingGroup']).toMatchObject({
      ExclusionByResourceTypes: { ResourceTypes: ['AWS::EC2::NetworkInterface'] },
      RecordingStrategy: { UseOnly: 'EXCLUSION_BY_RESOURCE_TYPES' },
    });
    expect(only(security(), 'AWS::Config::DeliveryChannel').Properties['S3KeyPrefix']).toBe('config');
    const rules = resources(security(), 'AWS::Config::ConfigRule');
    expect(rules.length).toBeGreaterThan(10);
    for (const rule of rules) expect(rule.DependsOn).toEqual([recorder.id]);
    expect(JSON.stringify(only(template(environment, 'Logs'), 'AWS::S3::BucketPolicy').Properties)).toContain('config.amazonaws.com');
  });

  test('S3 a firewall with AWS rules that only count at first, and a limit by address that blocks', () => {
    const { Rules, Scope, Name } = only(security(), 'AWS::WAFv2::WebACL').Properties;
    expect([Scope, Name]).toEqual(['REGIONAL', 'api']);
    expect(Rules[0]).toMatchObject({ Action: { Block: {} }, Statement: { RateBasedStatement: { Limit: 2000, AggregateKeyType: 'IP' } } });
    expect(Rules.slice(1).map((rule: any) => [rule.Statement.ManagedRuleGroupStatement.Name, Object.keys(rule.OverrideAction)])).toEqual([
      ['AWSManagedRulesAmazonIpReputationList', ['Count']],
      ['AWSManagedRulesCommonRuleSet', ['Count']],
      ['AWSManagedRulesKnownBadInputsRuleSet', ['Count']],
      ['AWSManagedRulesSQLiRuleSet', ['Count']],
    ]);
  });

  test('S3 it logs to a bucket whose name WAF takes and whose policy lets it in', () => {
    const bucket = only(security(), 'AWS::S3::Bucket');
    expect(bucket.Properties['BucketName']).toMatch(/^aws-waf-logs-/);
    const logging = only(security(), 'AWS::WAFv2::LoggingConfiguration');
    expect(logging.Properties['LogDestinationConfigs']).toEqual([{ 'Fn::GetAtt': [bucket.id, 'Arn'] }]);
    const policy = only(security(), 'AWS::S3::BucketPolicy');
    expect(logging.DependsOn).toContain(policy.id);
    expect(statements(policy)).toContainEqual(
      expect.objectContaining({ Action: 's3:PutObject', Principal: { Service: 'delivery.logs.amazonaws.com' } }),
    );
  });
});

test('S1 S2 where the account has them already, none is made', () => {
  const app = new App();
  const shared = { ...prod, security: { ...prod.security, guardDuty: false, config: false } };
  const found = Template.fromStack(addEnvironment(app, shared).Security!);
  for (const type of ['AWS::GuardDuty::Detector', 'AWS::Config::ConfigurationRecorder', 'AWS::Config::ConfigRule']) {
    found.resourceCountIs(type, 0);
  }
});

test('S3 a firewall that has been looked at blocks', () => {
  const app = new App();
  const blocking = { ...prod, security: { ...prod.security, firewall: { managedRules: 'block' as const, rateLimit: 500 } } };
  const found = Template.fromStack(addEnvironment(app, blocking).Security!);
  const [acl] = Object.values(found.findResources('AWS::WAFv2::WebACL'));
  expect(acl!['Properties'].Rules.slice(1).every((rule: any) => 'None' in rule.OverrideAction)).toBe(true);
});
