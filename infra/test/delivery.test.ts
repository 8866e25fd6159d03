import { describe, expect, test } from 'vitest';
import { ENVIRONMENTS, only, resources, statements, stacksOf, template, type Properties } from './support.ts';

const SUBJECT = 'token.actions.githubusercontent.com:sub';

describe.each(ENVIRONMENTS)('delivery of %s', (environment) => {
  const delivery = () => template(environment, 'Delivery');
  const roles = (): Record<string, Properties> =>
    Object.fromEntries(resources(delivery(), 'AWS::IAM::Role').map(({ Properties }) => [Properties['RoleName'], Properties]));
  const rights = (role: string) => {
    const policy = resources(delivery(), 'AWS::IAM::Policy').find(({ id }) => id.startsWith(role))!;
    return statements(policy);
  };

  test('P1 workflows get their rights by OIDC: exact audience, exact subject, no key', () => {
    const trust = (name: string) => roles()[`sluice-${environment}-${name}`]!['AssumeRolePolicyDocument'].Statement[0];
    for (const [name, subject] of [
      ['application', `repo:example/sluice:environment:${environment}`],
      ['stacks', `repo:example/sluice:environment:${environment}`],
      ['diff', 'repo:example/sluice:pull_request'],
    ] as const) {
      expect(trust(name).Action).toBe('sts:AssumeRoleWithWebIdentity');
      expect(trust(name).Condition).toEqual({
        StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com', [SUBJECT]: subject },
      });
    }
    expect(resources(delivery(), 'AWS::IAM::AccessKey')).toEqual([]);
    only(delivery(), 'AWS::IAM::OIDCProvider');
  });

  test('P1 the role of the application updates one service, and passes task roles to ECS tasks only', () => {
    const bySid = Object.fromEntries(rights('Application').map((statement) => [statement['Sid'], statement]));
    expect(JSON.stringify(bySid['Service']!['Resource'])).toContain(`:service/api-${environment}/api`);
    expect(bySid['TaskRoles']).toMatchObject({ Action: 'iam:PassRole', Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } } });
    expect(bySid['Deployments']!['Action']).toContain('ecs:StopServiceDeployment');
  });

  test('P1 on pull requests the stacks can be looked at and not deployed', () => {
    const [diff] = rights('Diff');
    expect(JSON.stringify(diff!['Resource'])).toMatch(/cdk-hnb659fds-lookup-role/);
    expect(JSON.stringify(diff!['Resource'])).not.toMatch(/deploy-role|file-publishing/);
  });

  test('P4 the stacks of the design are there, the opt-in ones only when they are asked for', () => {
    const always = ['Compute', 'Database', 'Delivery', 'Logs', 'Monitoring', 'Network', 'Security'];
    expect(stacksOf('plain', environment).sort()).toEqual(always);
    expect(stacksOf('all', environment).sort()).toEqual([...always, 'Frontend', 'Orchestration', 'Storage'].sort());
  });

  test('P4 opt-in stacks change nothing of the others', () => {
    for (const stack of stacksOf('plain', environment)) {
      const { Outputs: _, ...plain } = template(environment, stack, 'plain');
      const { Outputs: __, ...all } = template(environment, stack, 'all');
      expect(all, stack).toEqual(plain);
    }
  });
});
