import { describe, expect, test } from 'vitest';
import { ENVIRONMENTS, only, resources, statements, template } from './support.ts';

const ZONES = ['ap-northeast-1a', 'ap-northeast-1c'];

describe.each(ENVIRONMENTS)('network of %s', (environment) => {
  const network = () => template(environment, 'Network');
  const subnets = (kind: string) =>
    resources(network(), 'AWS::EC2::Subnet').filter(({ Properties: { Tags } }) =>
      Tags.some(({ Key, Value }: { Key: string; Value: string }) => Key === 'aws-cdk:subnet-name' && Value === kind),
    );
  const endpoint = (service: string) => {
    const found = resources(network(), 'AWS::EC2::VPCEndpoint').filter(({ Properties }) => JSON.stringify(Properties['ServiceName']).includes(service));
    expect(found, service).toHaveLength(1);
    return found[0]!;
  };

  test('N1 one VPC over two zones of Tokyo', () => {
    expect(only(network(), 'AWS::EC2::VPC').Properties['CidrBlock']).toBe(environment === 'dev' ? '10.10.0.0/16' : '10.20.0.0/16');
    const zones = resources(network(), 'AWS::EC2::Subnet').map(({ Properties }) => Properties['AvailabilityZone']);
    expect([...new Set(zones)].sort()).toEqual(ZONES);
  });

  test('N2 a public and a private subnet in each zone; the public ones route to the internet gateway', () => {
    for (const kind of ['public', 'private']) {
      expect(subnets(kind).map(({ Properties }) => Properties['AvailabilityZone']).sort()).toEqual(ZONES);
    }
    only(network(), 'AWS::EC2::InternetGateway');
    const routes = resources(network(), 'AWS::EC2::Route');
    expect(routes).toHaveLength(2);
    for (const { Properties } of routes) {
      expect(Properties).toMatchObject({ DestinationCidrBlock: '0.0.0.0/0', GatewayId: { Ref: expect.stringContaining('IGW') } });
      expect(Properties['RouteTableId'].Ref).toMatch(/public/);
    }
  });

  test('N3 no NAT gateway; private subnets have no route but that of the S3 endpoint', () => {
    expect(resources(network(), 'AWS::EC2::NatGateway')).toEqual([]);
    const gateway = endpoint('.s3');
    const tables = resources(network(), 'AWS::EC2::SubnetRouteTableAssociation')
      .filter(({ id }) => id.includes('private'))
      .map(({ Properties }) => Properties['RouteTableId'].Ref);
    expect(gateway.Properties['RouteTableIds'].map(({ Ref }: { Ref: string }) => Ref).sort()).toEqual(tables.sort());
  });

  test('N4 endpoints: S3 as a gateway, the four others as interfaces, in as many zones as the environment pays for', () => {
    expect(endpoint('.s3').Properties['VpcEndpointType']).toBe('Gateway');
    const zones = environment === 'dev' ? 1 : 2;
    for (const service of ['ecr.api', 'ecr.dkr', 'secretsmanager', '.logs']) {
      expect(endpoint(service).Properties).toMatchObject({ VpcEndpointType: 'Interface', PrivateDnsEnabled: true });
      expect(endpoint(service).Properties['SubnetIds']).toHaveLength(zones);
    }
    expect(resources(network(), 'AWS::EC2::VPCEndpoint')).toHaveLength(5);
  });

  test('N4 policies of the endpoints: image layers of AWS, else principals of this account', () => {
    const s3 = statements(endpoint('.s3'));
    expect(s3[0]).toMatchObject({ Action: 's3:GetObject', Resource: 'arn:aws:s3:::prod-ap-northeast-1-starport-layer-bucket/*' });
    expect(s3[0]!['Condition']).toBeUndefined();
    for (const each of resources(network(), 'AWS::EC2::VPCEndpoint').flatMap(statements).filter((statement) => statement !== s3[0])) {
      if (JSON.stringify(each).includes('starport')) continue;
      expect(each['Condition']).toEqual({ StringEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } } });
    }
  });

  test('N5 tasks and database are in the private subnets', () => {
    const compute = template(environment, 'Compute');
    const { AwsvpcConfiguration } = only(compute, 'AWS::ECS::Service').Properties['NetworkConfiguration'];
    expect(AwsvpcConfiguration.AssignPublicIp).toBe('DISABLED');
    expect(JSON.stringify(AwsvpcConfiguration.Subnets)).toMatch(/privateSubnet1.*privateSubnet2/);
    const group = only(template(environment, 'Database'), 'AWS::RDS::DBSubnetGroup');
    expect(JSON.stringify(group.Properties['SubnetIds'])).toMatch(/privateSubnet1.*privateSubnet2/);
    expect(JSON.stringify(group.Properties['SubnetIds'])).not.toContain('public');
  });

  test('L1 flow logs: all to S3 where the table reads them, rejected ones to CloudWatch Logs', () => {
    const [all, rejected] = resources(network(), 'AWS::EC2::FlowLog');
    expect(all!.Properties).toMatchObject({
      TrafficType: 'ALL',
      LogDestinationType: 's3',
      DestinationOptions: { FileFormat: 'parquet', HiveCompatiblePartitions: true, PerHourPartition: true },
    });
    expect(all!.Properties['LogFormat']).toMatch(/^\$\{version\} \$\{account-id\} .*\$\{pkt-src-aws-service\}.* \$\{reject-reason\}$/);
    const table = template(environment, 'Logs').Resources['VpcFlowLogsTable']!.Properties['TableInput'];
    const columns = table.StorageDescriptor.Columns.map(({ Name }: { Name: string }) => `\${${Name.replaceAll('_', '-')}}`);
    expect(all!.Properties['LogFormat']).toBe(columns.join(' '));
    expect(JSON.stringify(all!.Properties['LogDestination'])).toMatch(/\/vpc\/"/);
    expect(JSON.stringify(table.Parameters)).toContain('/vpc/AWSLogs/');
    expect(rejected!.Properties).toMatchObject({ TrafficType: 'REJECT', LogDestinationType: 'cloud-watch-logs' });
  });
});
