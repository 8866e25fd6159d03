import { describe, expect, test } from 'vitest';
import { ENVIRONMENTS, only, resources, template } from './support.ts';

describe.each(ENVIRONMENTS)('compute of %s', (environment) => {
  const compute = () => template(environment, 'Compute');
  const service = () => only(compute(), 'AWS::ECS::Service').Properties;
  const task = () => only(compute(), 'AWS::ECS::TaskDefinition').Properties;
  const container = (name: string) => task()['ContainerDefinitions'].find(({ Name }: { Name: string }) => Name === name);

  test('C1 a cluster on Fargate with Container Insights, and a rolling deployment that is taken back when it fails', () => {
    expect(only(compute(), 'AWS::ECS::Cluster').Properties).toMatchObject({
      ClusterName: `api-${environment}`,
      ClusterSettings: [{ Name: 'containerInsights', Value: 'enabled' }],
    });
    expect(service()).toMatchObject({
      ServiceName: 'api',
      LaunchType: 'FARGATE',
      DeploymentConfiguration: {
        MinimumHealthyPercent: 100,
        MaximumPercent: 200,
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      },
    });
  });

  test('C1 scaling on CPU and on memory', () => {
    const [min, max] = environment === 'dev' ? [1, 2] : [2, 10];
    expect(only(compute(), 'AWS::ApplicationAutoScaling::ScalableTarget').Properties).toMatchObject({ MinCapacity: min, MaxCapacity: max });
    const policies = resources(compute(), 'AWS::ApplicationAutoScaling::ScalingPolicy').map(
      ({ Properties }) => Properties['TargetTrackingScalingPolicyConfiguration'].PredefinedMetricSpecification.PredefinedMetricType,
    );
    expect(policies.sort()).toEqual(['ECSServiceAverageCPUUtilization', 'ECSServiceAverageMemoryUtilization']);
  });

  test('C2 the backend runs in both zones, balanced again after a zone comes back, and knows the database', () => {
    expect(service()['AvailabilityZoneRebalancing']).toBe('ENABLED');
    expect(service()['NetworkConfiguration'].AwsvpcConfiguration.Subnets).toHaveLength(2);
    const names = container('app').Environment.map(({ Name }: { Name: string }) => Name);
    expect(names).toEqual(expect.arrayContaining(['DB_HOST', 'DB_READER_HOST', 'DB_PORT', 'DB_NAME', 'DB_SECRET_ARN']));
    expect(names).not.toContain('DB_PASSWORD');
  });

  test('C2 the image is the digest that the last good deployment wrote', () => {
    expect(JSON.stringify(container('app').Image)).toMatch(/\/api@.*digest/);
    expect(Object.values(compute().Parameters ?? {})).toContainEqual({
      Type: 'AWS::SSM::Parameter::Value<String>',
      Default: `/sluice/${environment}/api/digest`,
    });
  });

  test('C3 repositories scan on push, keep ten images, and take no tag twice', () => {
    const repositories = resources(template(environment, 'Delivery'), 'AWS::ECR::Repository');
    expect(repositories.map(({ Properties }) => Properties['RepositoryName'])).toEqual(['api', 'log-router']);
    for (const { Properties } of repositories) {
      expect(Properties).toMatchObject({ ImageScanningConfiguration: { ScanOnPush: true }, ImageTagMutability: 'IMMUTABLE' });
      expect(JSON.parse(Properties['LifecyclePolicy'].LifecyclePolicyText).rules).toMatchObject([
        { selection: { countType: 'imageCountMoreThan', countNumber: 10, tagStatus: 'any' }, action: { type: 'expire' } },
      ]);
    }
  });

  test('C4 the task carries the sidecar within its budget, and the task fits both', () => {
    expect(container('log-router')).toMatchObject({ Cpu: 51, Memory: 128, FirelensConfiguration: { Type: 'fluentbit' }, StopTimeout: 60 });
    expect(container('log-router').HealthCheck.Command).toEqual(['CMD', '/log-router', 'healthcheck']);
    expect(container('app').LogConfiguration).toEqual({ LogDriver: 'awsfirelens', Options: {} });
    expect(container('app').DependsOn).toEqual([{ ContainerName: 'log-router', Condition: 'HEALTHY' }]);
    expect(task()).toMatchObject(environment === 'dev' ? { Cpu: '256', Memory: '512' } : { Cpu: '512', Memory: '1024' });
  });

  test('C4 the sidecar is not what the load balancer talks to', () => {
    expect(service()['LoadBalancers']).toMatchObject([{ ContainerName: 'app', ContainerPort: 8000 }]);
  });

  test('C5 HTTPS with a certificate on 443; 80 redirects there', () => {
    const listeners = Object.fromEntries(
      resources(compute(), 'AWS::ElasticLoadBalancingV2::Listener').map(({ Properties }) => [Properties['Port'], Properties]),
    );
    expect(Object.keys(listeners)).toEqual(['80', '443']);
    expect(listeners[443]).toMatchObject({ Protocol: 'HTTPS', Certificates: [{ CertificateArn: { Ref: expect.any(String) } }] });
    expect(listeners[443]!['SslPolicy']).toMatch(/TLS13/);
    expect(listeners[80]!['DefaultActions']).toEqual([
      { Type: 'redirect', RedirectConfig: { Port: '443', Protocol: 'HTTPS', StatusCode: 'HTTP_301' } },
    ]);
    expect(only(compute(), 'AWS::CertificateManager::Certificate').Properties).toMatchObject({ ValidationMethod: 'DNS' });
  });

  test('C5 the health check asks /health', () => {
    expect(only(compute(), 'AWS::ElasticLoadBalancingV2::TargetGroup').Properties).toMatchObject({
      HealthCheckPath: '/health',
      TargetType: 'ip',
      Port: 8000,
    });
  });

  test('C5 access and connection logs go to the log bucket, under the folders that its policy and tables know', () => {
    const balancer = only(compute(), 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties;
    const attributes = Object.fromEntries(balancer['LoadBalancerAttributes'].map(({ Key, Value }: { Key: string; Value: unknown }) => [Key, Value]));
    expect(attributes).toMatchObject({
      'access_logs.s3.enabled': 'true',
      'access_logs.s3.prefix': 'alb',
      'connection_logs.s3.enabled': 'true',
      'connection_logs.s3.prefix': 'alb-connections',
      'routing.http.drop_invalid_header_fields.enabled': 'true',
    });
    expect(balancer['Scheme']).toBe('internet-facing');
    const logs = template(environment, 'Logs');
    const policy = JSON.stringify(only(logs, 'AWS::S3::BucketPolicy').Properties);
    expect(policy).toContain('/alb/AWSLogs/${AWS::AccountId}/*');
    expect(policy).toContain('/alb-connections/AWSLogs/');
    expect(policy).toContain('logdelivery.elasticloadbalancing.amazonaws.com');
  });

  test('C5 the firewall is attached, and the name leads to the load balancer', () => {
    expect(only(compute(), 'AWS::WAFv2::WebACLAssociation').Properties['ResourceArn']).toEqual({ Ref: expect.stringMatching(/^LoadBalancer/) });
    const name = environment === 'dev' ? 'api.dev.example.com.' : 'api.example.com.';
    expect(resources(compute(), 'AWS::Route53::RecordSet').map(({ Properties }) => [Properties['Name'], Properties['Type']])).toEqual([[name, 'A']]);
  });

  test('C6 the family of task definitions has a name of its own, so that its revisions are its history', () => {
    expect(task()['Family']).toBe(`api-${environment}`);
    expect(task()['RequiresCompatibilities']).toEqual(['FARGATE']);
    expect(service()['EnableECSManagedTags']).toBe(true);
  });
});
