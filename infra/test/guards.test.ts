/** What must hold in every template, whatever is added later. */
import { describe, expect, test } from 'vitest';
import { ENVIRONMENTS, everyTemplate, only, resources, statements, template, type Properties, type Resource, type Template } from './support.ts';

const text = (value: unknown) => JSON.stringify(value);
const list = <T>(value: T | T[] | undefined): T[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

describe('the network', () => {
  test('D3 N3 nothing but ports 80 and 443 of the load balancer is open to the world', () => {
    const open: string[] = [];
    for (const each of everyTemplate()) {
      const inline = resources(each, 'AWS::EC2::SecurityGroup').flatMap(({ id, Properties }) =>
        list<Properties>(Properties['SecurityGroupIngress']).map((rule) => ({ id, rule })),
      );
      const apart = resources(each, 'AWS::EC2::SecurityGroupIngress').map(({ id, Properties }) => ({ id, rule: Properties }));
      for (const { id, rule } of [...inline, ...apart]) {
        if (rule['CidrIp'] === '0.0.0.0/0' || rule['CidrIpv6'] === '::/0') open.push(`${each.stack} ${id.slice(0, 12)} ${rule['FromPort']}-${rule['ToPort']}`);
      }
    }
    expect(open.sort()).toEqual(
      ENVIRONMENTS.flatMap((environment) => [443, 80].map((port) => `Sluice-${environment}-Network LoadBalancer ${port}-${port}`)).sort(),
    );
  });

  test('N3 no NAT gateway, no public address, in any stack', () => {
    for (const each of everyTemplate()) {
      expect(resources(each, 'AWS::EC2::NatGateway'), each.stack).toEqual([]);
      expect(resources(each, 'AWS::EC2::EIP'), each.stack).toEqual([]);
      expect(text(each), each.stack).not.toMatch(/"AssignPublicIp":"ENABLED"|"MapPublicIpOnLaunch":true/);
    }
  });
});

describe('logs', () => {
  test('L2 every log group is deleted some day', () => {
    for (const each of everyTemplate()) {
      for (const { id, Properties } of resources(each, 'AWS::Logs::LogGroup')) {
        expect(Properties['RetentionInDays'], `${id} in ${each.stack}`).toBeGreaterThan(0);
      }
    }
  });

  test('L4 every bucket is private, encrypted, without access lists, and takes requests by TLS only', () => {
    for (const each of everyTemplate()) {
      for (const bucket of resources(each, 'AWS::S3::Bucket')) {
        const where = `${bucket.id} in ${each.stack}`;
        expect(bucket.Properties['PublicAccessBlockConfiguration'], where).toEqual({
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        });
        expect(bucket.Properties['BucketEncryption'], where).toBeDefined();
        expect(text(bucket.Properties['OwnershipControls']), where).toContain('BucketOwnerEnforced');
        const policy = resources(each, 'AWS::S3::BucketPolicy').filter(({ Properties }) => Properties['Bucket'].Ref === bucket.id);
        expect(policy, `one policy of ${where}`).toHaveLength(1);
        const deny = statements(policy[0]!).find(({ Effect, Condition }) => Effect === 'Deny' && Condition?.Bool?.['aws:SecureTransport'] === 'false');
        expect(deny, where).toMatchObject({ Action: 's3:*', Principal: { AWS: '*' } });
        expect(list(deny!['Resource']), where).toHaveLength(2);
      }
    }
  });
});

describe('alarms', () => {
  test.each(ENVIRONMENTS)('M2 M3 each alarm of %s reaches somebody: alarm, topic, policy, key', (environment) => {
    const monitoring = template(environment, 'Monitoring');
    const alarms = resources(monitoring, 'AWS::CloudWatch::Alarm');
    expect(alarms.length).toBeGreaterThan(8);
    for (const alarm of alarms) {
      expect(alarm.Properties['ActionsEnabled'] ?? true, alarm.id).toBe(true);
      const actions = list<{ Ref: string }>(alarm.Properties['AlarmActions']);
      expect(actions.length, `${alarm.id} has an action`).toBeGreaterThan(0);
      for (const { Ref: topic } of actions) {
        expect(mayPublish(monitoring, topic), `${alarm.id} may publish to ${topic}`).toBe(true);
        expect(keyLets(monitoring, topic), `the key of ${topic} lets CloudWatch in`).toBe(true);
        const readers = resources(monitoring, 'AWS::SNS::Subscription').filter(({ Properties }) => Properties['TopicArn'].Ref === topic);
        expect(readers.length, `somebody reads ${topic}`).toBeGreaterThan(0);
      }
    }
  });

  const cloudWatch = (statement: Properties) => statement['Effect'] === 'Allow' && text(statement['Principal']).includes('cloudwatch.amazonaws.com');

  function mayPublish(monitoring: Template, topic: string): boolean {
    return resources(monitoring, 'AWS::SNS::TopicPolicy')
      .filter(({ Properties }) => Properties['Topics'].some(({ Ref }: { Ref: string }) => Ref === topic))
      .flatMap(statements)
      .some((statement) => cloudWatch(statement) && list(statement['Action']).some((action) => /^sns:(Publish|\*)$/i.test(String(action))) && statement['Resource'].Ref === topic);
  }

  /** The topic's key, named by itself or by its alias, lets CloudWatch make and open data keys. */
  function keyLets(monitoring: Template, topic: string): boolean {
    const named = monitoring.Resources[topic]!.Properties['KmsMasterKeyId'];
    const alias = resources(monitoring, 'AWS::KMS::Alias').find(({ Properties }) => Properties['AliasName'] === named);
    const keyId: string | undefined = alias?.Properties['TargetKeyId'].Ref ?? named?.Ref ?? named?.['Fn::GetAtt']?.[0];
    const key = resources(monitoring, 'AWS::KMS::Key').find(({ id }) => id === keyId);
    return (key?.Properties['KeyPolicy'].Statement ?? []).some(
      (statement: Properties) =>
        cloudWatch(statement) && ['kms:Decrypt', 'kms:GenerateDataKey'].every((action) => list<string>(statement['Action']).some((each) => each.startsWith(action))),
    );
  }
});

describe('rights', () => {
  /** Policies that a role of a task has, wherever they stand. */
  function policiesOfTasks(environment: 'dev' | 'prod'): Resource[] {
    const inline = (['Compute', 'Orchestration'] as const).flatMap((stack) => {
      const each = template(environment, stack);
      const roles = resources(each, 'AWS::ECS::TaskDefinition').map(({ Properties }) => Properties['TaskRoleArn']['Fn::GetAtt'][0]);
      return resources(each, 'AWS::IAM::Policy').filter(({ Properties }) => Properties['Roles'].some(({ Ref }: { Ref: string }) => roles.includes(Ref)));
    });
    return [...inline, only(template(environment, 'Logs'), 'AWS::IAM::ManagedPolicy')];
  }

  test.each(ENVIRONMENTS)('C4 L3 the role of the tasks of %s names every resource, and no action is a wildcard', (environment) => {
    const policies = policiesOfTasks(environment);
    expect(policies).toHaveLength(3);
    for (const statement of policies.flatMap(statements)) {
      expect(statement['NotResource']).toBeUndefined();
      for (const resource of list(statement['Resource'])) expect(resource, text(statement)).not.toBe('*');
      for (const action of list<string>(statement['Action'])) expect(action).not.toContain('*');
    }
    expect(text(policiesOfTasks(environment).flatMap(statements).filter(({ Sid }) => Sid === 'Archive'))).not.toContain(':::*');
  });

  test('P1 no role can be taken on by anybody', () => {
    for (const each of everyTemplate()) {
      for (const { id, Properties } of resources(each, 'AWS::IAM::Role')) {
        expect(text(Properties['AssumeRolePolicyDocument']), `${id} in ${each.stack}`).not.toMatch(/"AWS":"\*"|"Principal":"\*"/);
      }
    }
  });

  test('D6 no secret stands in a template', () => {
    for (const each of everyTemplate()) expect(text(each), each.stack).not.toMatch(/"(MasterUserPassword|Password|SecretString)":/);
  });
});

describe('order', () => {
  test('P4 no stack imports a revision of a task definition: it could never change again', () => {
    for (const each of everyTemplate()) {
      for (const { Value } of Object.values(each.Outputs ?? {})) {
        const type = each.Resources[(Value as { Ref?: string }).Ref ?? '']?.Type;
        expect(type, each.stack).not.toBe('AWS::ECS::TaskDefinition');
      }
    }
  });

  test('P4 every import is the export of another stack of the same environment', () => {
    for (const environment of ENVIRONMENTS) {
      const own = everyTemplate().filter(({ stack }) => stack.startsWith(`Sluice-${environment}-`));
      const exported = new Set(own.flatMap(({ Outputs }) => Object.values(Outputs ?? {}).flatMap(({ Export }) => Export?.Name ?? [])));
      for (const each of own) {
        for (const [, name] of text(each.Resources).matchAll(/"Fn::ImportValue":"([^"]+)"/g)) expect(exported, each.stack).toContain(name);
      }
    }
  });

  test('P4 conditions hold no imports, which CloudFormation refuses', () => {
    for (const each of everyTemplate()) {
      expect(text((each as { Conditions?: unknown }).Conditions ?? {}), each.stack).not.toContain('ImportValue');
    }
  });
});
