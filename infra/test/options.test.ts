import { describe, expect, test } from 'vitest';
import { ENVIRONMENTS, only, resources, template } from './support.ts';

describe.each(ENVIRONMENTS)('what is off by default, in %s', (environment) => {
  const days = environment === 'dev' ? 7 : 30;

  test('P2 Amplify makes an environment of each branch', () => {
    const frontend = template(environment, 'Frontend');
    const app = only(frontend, 'AWS::Amplify::App');
    expect(app.Properties['AccessToken']).toMatch(/^\{\{resolve:secretsmanager:/);
    const branches = resources(frontend, 'AWS::Amplify::Branch').map(({ Properties }) => [Properties['BranchName'], Properties['Stage']]);
    expect(branches).toEqual([['main', 'PRODUCTION'], ['develop', 'DEVELOPMENT']]);
  });

  test('S3 Amplify has a firewall before it, of the kind that it takes', () => {
    const frontend = template(environment, 'Frontend');
    const acl = only(frontend, 'AWS::WAFv2::WebACL');
    expect(acl.Properties['Scope']).toBe('CLOUDFRONT');
    expect(only(frontend, 'AWS::WAFv2::WebACLAssociation').Properties).toEqual({
      ResourceArn: { 'Fn::GetAtt': [only(frontend, 'AWS::Amplify::App').id, 'Arn'] },
      WebACLArn: { 'Fn::GetAtt': [acl.id, 'Arn'] },
    });
  });

  test('P3 EventBridge starts a nightly batch and a workflow of several steps, both running tasks with the sidecar', () => {
    const orchestration = template(environment, 'Orchestration');
    const machines = resources(orchestration, 'AWS::StepFunctions::StateMachine');
    expect(machines.map(({ Properties }) => Properties['StateMachineName'])).toEqual([`api-batch-${environment}`, `api-steps-${environment}`]);
    for (const { Properties } of machines) {
      const definition = JSON.stringify(Properties['DefinitionString']);
      expect(definition).toContain('ecs:runTask.sync');
      expect(definition).not.toContain('ENABLED');
      expect(definition).toContain(`api-${environment}-jobs`);
    }
    const steps = JSON.stringify(machines[1]!.Properties['DefinitionString']);
    for (const part of ['Validate', 'Parallel', 'Index', 'Notify', 'Catch', 'Fail']) expect(steps).toContain(part);
    const { ContainerDefinitions } = only(orchestration, 'AWS::ECS::TaskDefinition').Properties;
    expect(ContainerDefinitions.map(({ Name }: { Name: string }) => Name)).toEqual(['app', 'log-router']);
    expect(only(orchestration, 'AWS::Scheduler::Schedule').Properties).toMatchObject({
      ScheduleExpression: 'cron(0 3 * * ? *)',
      ScheduleExpressionTimezone: 'Asia/Tokyo',
    });
    expect(only(orchestration, 'AWS::Events::Rule').Properties['EventPattern']).toEqual({
      source: [`api.${environment}`],
      'detail-type': ['Import requested'],
    });
  });

  test('L1 workflows write errors only', () => {
    const orchestration = template(environment, 'Orchestration');
    for (const { Properties } of resources(orchestration, 'AWS::StepFunctions::StateMachine')) {
      expect(Properties['LoggingConfiguration']).toMatchObject({ Level: 'ERROR', IncludeExecutionData: false });
    }
    for (const group of resources(orchestration, 'AWS::Logs::LogGroup')) expect(group.Properties['RetentionInDays']).toBe(days);
  });

  test('L5 log groups go to the log bucket by way of Firehose, as gzip by hour', () => {
    const storage = template(environment, 'Storage');
    const stream = only(storage, 'AWS::KinesisFirehose::DeliveryStream');
    expect(stream.Properties['ExtendedS3DestinationConfiguration']).toMatchObject({
      CompressionFormat: 'GZIP',
      Prefix: 'cloudwatch/year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/hour=!{timestamp:HH}/',
    });
    expect(only(storage, 'AWS::Logs::SubscriptionFilter').Properties).toMatchObject({
      LogGroupName: '/ecs/legacy',
      DestinationArn: { 'Fn::GetAtt': [stream.id, 'Arn'] },
    });
  });

  test('L5 a bucket for backups and one for static files', () => {
    const buckets = resources(template(environment, 'Storage'), 'AWS::S3::Bucket');
    expect(buckets.map(({ id }) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual(['Backups', 'Static']);
    for (const bucket of buckets) {
      expect(bucket.DeletionPolicy).toBe('Retain');
      expect(bucket.Properties['VersioningConfiguration']).toEqual({ Status: 'Enabled' });
      expect(bucket.Properties['LoggingConfiguration'].LogFilePrefix).toMatch(/^s3-access\//);
    }
  });
});
