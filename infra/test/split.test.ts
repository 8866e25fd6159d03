import { describe, expect, test } from 'vitest';
import { split, type Template } from '../lib/rendered/split.ts';

const bucket = { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'logs' } };
const has = (name: string) => ({ 'Fn::Not': [{ 'Fn::Equals': [{ Ref: name }, ''] }] });
const rendered = (resources: Template['Resources']): Template => ({
  Parameters: { Cluster: { Type: 'String', Default: '' }, Service: { Type: 'String', Default: '' } },
  Conditions: { HasEcs: { 'Fn::And': [has('Cluster'), has('Service')] } },
  Resources: { LogBucket: bucket, ...resources },
});
const alarm = (properties: Record<string, unknown> = {}) => ({ Type: 'AWS::CloudWatch::Alarm', Condition: 'HasEcs', Properties: properties });

describe('a half of the rendered template', () => {
  test('keeps what its condition lets in, without the condition', () => {
    const template = rendered({ Alarm: alarm() });
    expect(split(template, 'watch', ['Cluster', 'Service']).Resources).toEqual({ Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: {} } });
    expect(split(template, 'watch', ['Cluster']).Resources).toEqual({});
    expect(split(template, 'data', []).Resources).toEqual({ LogBucket: bucket });
  });

  test('decides Fn::If, also within one another', () => {
    const choice = { 'Fn::If': ['HasEcs', { 'Fn::If': ['HasEcs', 'yes', 'no'] }, 'none'] };
    const dashboard = { Type: 'AWS::CloudWatch::Dashboard', Properties: { DashboardBody: choice } };
    const of = (given: string[]) => split(rendered({ D: dashboard }), 'watch', given).Resources['D']?.Properties;
    expect(of(['Cluster', 'Service'])).toEqual({ DashboardBody: 'yes' });
    expect(of([])).toEqual({ DashboardBody: 'none' });
  });

  test('names the variables of Fn::Sub, so that an import can stand for them', () => {
    const widget = { 'Fn::Sub': '${AWS::Region} ${Cluster} ${!literal}' };
    const found = split(rendered({ D: { Type: 'AWS::CloudWatch::Dashboard', Properties: { DashboardBody: widget } } }), 'watch', ['Cluster']);
    expect(found.Resources['D']?.Properties).toEqual({
      DashboardBody: { 'Fn::Sub': ['${AWS::Region} ${Cluster} ${!literal}', { Cluster: { Ref: 'Cluster' } }] },
    });
  });

  test('drops a dependency on the other half, keeps one on its own', () => {
    const template = rendered({ Topic: { Type: 'AWS::SNS::Topic' }, Alarm: { ...alarm(), Condition: undefined, DependsOn: ['LogBucket', 'Topic'] } });
    expect(split(template, 'watch', []).Resources['Alarm']?.DependsOn).toEqual(['Topic']);
  });

  test.each([{ Ref: 'LogBucket' }, { 'Fn::GetAtt': ['LogBucket', 'Arn'] }, { 'Fn::Sub': 'to ${LogBucket.Arn}' }])(
    'refuses a reference to the other half: %j',
    (reference) => {
      expect(() => split(rendered({ Alarm: alarm({ AlarmName: reference }) }), 'watch', [])).toThrow('Alarm refers to LogBucket');
    },
  );

  test('refuses a condition that it does not understand', () => {
    const template = { ...rendered({ Alarm: alarm() }), Conditions: { HasEcs: { 'Fn::Equals': [{ Ref: 'Cluster' }, 'api'] } } };
    expect(() => split(template, 'watch', [])).toThrow('not understood');
  });
});
