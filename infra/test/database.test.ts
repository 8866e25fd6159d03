import { describe, expect, test } from 'vitest';
import { ENVIRONMENTS, only, resources, template } from './support.ts';

describe.each(ENVIRONMENTS)('database of %s', (environment) => {
  const database = () => template(environment, 'Database');
  const cluster = () => only(database(), 'AWS::RDS::DBCluster').Properties;
  const instances = () => resources(database(), 'AWS::RDS::DBInstance').map(({ Properties }) => Properties);

  test('D1 Aurora PostgreSQL: the writer in the first zone, a replica in the second', () => {
    expect(cluster()).toMatchObject({ Engine: 'aurora-postgresql', DBClusterIdentifier: `api-${environment}` });
    expect(instances().map((instance) => instance['AvailabilityZone'])).toEqual(['ap-northeast-1a', 'ap-northeast-1c']);
    expect(cluster()['ServerlessV2ScalingConfiguration']).toBeUndefined();
  });

  test('D1 replicas are added with the load', () => {
    expect(only(database(), 'AWS::ApplicationAutoScaling::ScalableTarget').Properties).toMatchObject({
      ServiceNamespace: 'rds',
      ScalableDimension: 'rds:cluster:ReadReplicaCount',
      MinCapacity: 1,
      MaxCapacity: environment === 'dev' ? 2 : 4,
    });
    const policy = only(database(), 'AWS::ApplicationAutoScaling::ScalingPolicy').Properties;
    expect(policy['TargetTrackingScalingPolicyConfiguration'].PredefinedMetricSpecification).toEqual({
      PredefinedMetricType: 'RDSReaderAverageCPUUtilization',
    });
  });

  test('D2 the instance class of the environment', () => {
    const expected = environment === 'dev' ? 'db.t4g.medium' : 'db.r6g.large';
    expect(instances().map((instance) => instance['DBInstanceClass'])).toEqual([expected, expected]);
  });

  test('D3 reachable from the backend only', () => {
    const rules = resources(database(), 'AWS::EC2::SecurityGroupIngress').map(({ Properties }) => Properties);
    expect(rules).toHaveLength(1);
    expect(rules[0]).toMatchObject({ FromPort: 5432, ToPort: 5432, IpProtocol: 'tcp' });
    expect(JSON.stringify(rules[0]!['SourceSecurityGroupId'])).toMatch(/GetAttBackend/);
    for (const group of resources(database(), 'AWS::EC2::SecurityGroup')) expect(group.Properties['SecurityGroupIngress']).toBeUndefined();
    for (const instance of instances()) expect(instance['PubliclyAccessible']).toBe(false);
  });

  test('D4 encrypted with a key of its own, that is changed every year', () => {
    const key = only(database(), 'AWS::KMS::Key');
    expect(key.Properties['EnableKeyRotation']).toBe(true);
    expect(key.DeletionPolicy).toBe('Retain');
    expect(cluster()).toMatchObject({ StorageEncrypted: true, KmsKeyId: { 'Fn::GetAtt': [key.id, 'Arn'] } });
  });

  test('D5 backed up, and kept as a snapshot when it goes', () => {
    expect(cluster()).toMatchObject({
      BackupRetentionPeriod: environment === 'dev' ? 7 : 35,
      CopyTagsToSnapshot: true,
      DeletionProtection: environment === 'prod',
    });
    expect(only(database(), 'AWS::RDS::DBCluster').DeletionPolicy).toBe('Snapshot');
  });

  test('D6 the password is in Secrets Manager, under our key, and the backend may read it', () => {
    expect(cluster()).toMatchObject({ ManageMasterUserPassword: true, MasterUsername: 'app' });
    expect(cluster()['MasterUserPassword']).toBeUndefined();
    expect(cluster()['MasterUserSecret'].KmsKeyId).toEqual({ 'Fn::GetAtt': [only(database(), 'AWS::KMS::Key').id, 'Arn'] });
    const policies = resources(template(environment, 'Compute'), 'AWS::IAM::Policy').filter(({ id }) => id.includes('TaskRole'));
    const text = JSON.stringify(policies);
    expect(text).toContain('secretsmanager:GetSecretValue');
    expect(text).toMatch(/MasterUserSecret/);
  });

  test('S4 names within the VPC lead to the writer and to the replicas', () => {
    const records = resources(database(), 'AWS::Route53::RecordSet').map(({ Properties }) => Properties);
    expect(records.map((record) => record['Name'])).toEqual([`db.${environment}.sluice.internal.`, `db-reader.${environment}.sluice.internal.`]);
    expect(records.map((record) => record['ResourceRecords'][0]['Fn::GetAtt'][1])).toEqual(['Endpoint.Address', 'ReadEndpoint.Address']);
    const zone = only(template(environment, 'Network'), 'AWS::Route53::HostedZone').Properties;
    expect(zone).toMatchObject({ Name: `${environment}.sluice.internal.`, VPCs: [{ VPCRegion: 'ap-northeast-1' }] });
  });
});
