import { describe, expect, test } from 'vitest';
import { ENVIRONMENTS, only, resources, template, type Resource } from './support.ts';

describe.each(ENVIRONMENTS)('monitoring of %s', (environment) => {
  const monitoring = () => template(environment, 'Monitoring');
  const alarms = () => resources(monitoring(), 'AWS::CloudWatch::Alarm');
  /** What an alarm looks at, as text: namespace, metrics, dimensions, expression. */
  const watches = ({ Properties }: Resource) => JSON.stringify([Properties['Namespace'], Properties['MetricName'], Properties['Dimensions'], Properties['Metrics']]);
  const watching = (...parts: string[]) => alarms().filter((alarm) => parts.every((part) => watches(alarm).includes(part)));

  test('M1 Container Insights is on', () => {
    expect(only(template(environment, 'Compute'), 'AWS::ECS::Cluster').Properties['ClusterSettings']).toEqual([
      { Name: 'containerInsights', Value: 'enabled' },
    ]);
  });

  test('M2 alarms: errors in the logs, CPU and memory of ECS, disk and connections of Aurora, 5xx rate of the load balancer', () => {
    expect(watching('ErrorRecords').length).toBeGreaterThan(0);
    for (const metric of ['CPUUtilization', 'MemoryUtilization']) expect(watching('AWS/ECS', metric).length, metric).toBeGreaterThan(0);
    for (const metric of ['FreeLocalStorage', 'DatabaseConnections']) expect(watching('AWS/RDS', metric).length, metric).toBeGreaterThan(0);
    expect(watching('AWS/ApplicationELB', 'HTTPCode_Target_5XX_Count', 'RequestCount').length).toBeGreaterThan(0);
  });

  test('M2 they look at what these stacks make', () => {
    expect(watching('AWS/ECS', `"api-${environment}"`, '"api"').length).toBeGreaterThan(0);
    expect(watching('AWS/RDS', `"api-${environment}"`).length).toBeGreaterThan(0);
    for (const alarm of watching('AWS/ApplicationELB')) {
      expect(watches(alarm)).toMatch(/Fn::ImportValue.*Compute:.*LoadBalancer/);
    }
    expect(only(template(environment, 'Compute'), 'AWS::ECS::Cluster').Properties['ClusterName']).toBe(`api-${environment}`);
    expect(only(template(environment, 'Compute'), 'AWS::ECS::Service').Properties['ServiceName']).toBe('api');
    expect(only(template(environment, 'Database'), 'AWS::RDS::DBCluster').Properties['DBClusterIdentifier']).toBe(`api-${environment}`);
  });

  test('M2 each says what missing data mean, and no dimension is empty', () => {
    for (const alarm of alarms()) {
      expect(alarm.Properties['TreatMissingData'], alarm.id).toBeDefined();
      expect(watches(alarm), alarm.id).not.toContain('"Value":""');
    }
  });

  test('M3 topics for critical and warning alerts, with e-mail', () => {
    const topics = resources(monitoring(), 'AWS::SNS::Topic');
    expect(topics.map(({ Properties }) => Properties['TopicName'])).toEqual([`api-${environment}-critical-alerts`, `api-${environment}-warning-alerts`]);
    for (const topic of topics) {
      const mails = resources(monitoring(), 'AWS::SNS::Subscription').filter(({ Properties }) => Properties['TopicArn'].Ref === topic.id);
      expect(mails.map(({ Properties }) => Properties['Protocol'])).toEqual(['email']);
    }
  });

  test('M4 one dashboard shows ECS, Aurora and the load balancer together', () => {
    const bodies = resources(monitoring(), 'AWS::CloudWatch::Dashboard').map(({ Properties }) => JSON.stringify(Properties['DashboardBody']));
    const together = bodies.filter((body) => ['AWS/ECS', 'AWS/RDS', 'AWS/ApplicationELB'].every((namespace) => body.includes(namespace)));
    expect(together).toHaveLength(1);
    expect(together[0]).not.toContain('Fn::If');
  });

  test('M4 the body is JSON once CloudFormation has filled it in', () => {
    for (const dashboard of resources(monitoring(), 'AWS::CloudWatch::Dashboard')) {
      const body = fill(dashboard.Properties['DashboardBody']);
      expect(() => JSON.parse(body), dashboard.id).not.toThrow();
      expect(body, dashboard.id).not.toContain('${');
      expect(JSON.parse(body).widgets.length).toBeGreaterThan(3);
    }
  });
});

/** What CloudFormation makes of a text, with stand-ins for values that are known at deployment. */
function fill(value: any): string {
  if (typeof value === 'string') return value;
  if (value['Fn::Join']) return value['Fn::Join'][1].map(fill).join(value['Fn::Join'][0]);
  if (value['Fn::Sub']) {
    const [text, names] = Array.isArray(value['Fn::Sub']) ? value['Fn::Sub'] : [value['Fn::Sub'], {}];
    return text.replace(/\$\{([^}!]+)\}/g, (_: string, name: string) => (name in names ? fill(names[name]) : 'x'));
  }
  return 'x';
}
