import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { dev } from '../config/dev.ts';
import type { Environment } from '../config/environment.ts';
import { prod } from '../config/prod.ts';
import { addChecks, addEnvironment } from '../lib/app.ts';
import { ENVIRONMENTS, only, resources, template, type Properties } from './support.ts';

const { context } = JSON.parse(readFileSync(new URL('../cdk.json', import.meta.url), 'utf8')) as { context: Properties };
const withExec = (environment: Environment): Environment => ({ ...environment, backend: { ...environment.backend, exec: true } });

describe('shells into containers (ECS Exec)', () => {
  test.each(ENVIRONMENTS)('are off in %s: no rights, no endpoint, no session can begin', (environment) => {
    const text = JSON.stringify([template(environment, 'Compute'), template(environment, 'Network')]);
    expect(text).not.toContain('ssmmessages');
    expect(only(template(environment, 'Compute'), 'AWS::ECS::Service').Properties['EnableExecuteCommand']).not.toBe(true);
  });

  test('prod refuses them', () => {
    expect(() => addEnvironment(new App({ context }), withExec(prod))).toThrow(/backend.exec is true in prod/);
  });

  describe('in dev, when they are on', () => {
    let compute: { Resources: Record<string, { Type: string; Properties: Properties }> };
    let network: typeof compute;
    beforeAll(() => {
      const app = new App({ context, analyticsReporting: false });
      const stacks = addEnvironment(app, withExec(dev));
      // A finding of cdk-nag that is not acknowledged ends this.
      addChecks(app);
      app.synth();
      compute = Template.fromStack(stacks.Compute!).toJSON() as typeof compute;
      network = Template.fromStack(stacks.Network!).toJSON() as typeof compute;
    });
    const of = (from: typeof compute, type: string) => resources({ stack: '', ...from }, type);

    test('sessions are encrypted by a key that rotates, and kept in the log bucket, not in CloudWatch Logs', () => {
      const [key] = of(compute, 'AWS::KMS::Key');
      expect(key!.Properties['EnableKeyRotation']).toBe(true);
      const { ExecuteCommandConfiguration } = of(compute, 'AWS::ECS::Cluster')[0]!.Properties['Configuration'];
      expect(ExecuteCommandConfiguration).toMatchObject({
        KmsKeyId: { 'Fn::GetAtt': [key!.id, 'Arn'] },
        Logging: 'OVERRIDE',
        LogConfiguration: { S3KeyPrefix: 'ecs-exec', S3EncryptionEnabled: true },
      });
      expect(ExecuteCommandConfiguration.LogConfiguration).not.toHaveProperty('CloudWatchLogGroupName');
    });

    test('the task role may open channels, read the key and write the log', () => {
      expect(of(compute, 'AWS::ECS::Service')[0]!.Properties['EnableExecuteCommand']).toBe(true);
      const policy = of(compute, 'AWS::IAM::Policy').find(({ id }) => id.includes('TaskRole'))!;
      const actions = policy.Properties['PolicyDocument'].Statement.flatMap(({ Action }: { Action: string | string[] }) => Action);
      for (const action of ['ssmmessages:OpenDataChannel', 'ssmmessages:CreateControlChannel', 'kms:Decrypt', 's3:PutObject', 's3:GetEncryptionConfiguration']) {
        expect(actions).toContain(action);
      }
    });

    test('the agent can write in the application, whose container has an init process; the sidecar stays read-only', () => {
      const containers = of(compute, 'AWS::ECS::TaskDefinition')[0]!.Properties['ContainerDefinitions'];
      const byName = Object.fromEntries(containers.map((each: Properties) => [each['Name'], each]));
      expect(byName['app']).toMatchObject({ ReadonlyRootFilesystem: false, LinuxParameters: { InitProcessEnabled: true } });
      expect(byName['log-router']).toMatchObject({ ReadonlyRootFilesystem: true });
    });

    test('the endpoints let it through: channels, the key, how the bucket encrypts', () => {
      const endpoints = of(network, 'AWS::EC2::VPCEndpoint');
      const policy = (service: string) =>
        JSON.stringify(endpoints.find(({ Properties }) => JSON.stringify(Properties['ServiceName']).includes(service))!.Properties['PolicyDocument']);
      expect(endpoints).toHaveLength(7);
      expect(policy('ssmmessages')).toContain('ssmmessages:OpenDataChannel');
      expect(policy('.kms')).toContain('kms:Decrypt');
      expect(policy('.s3')).toContain('s3:GetEncryptionConfiguration');
    });
  });
});
