import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnLoggingConfiguration, CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { FirewallSettings } from '../../config/environment.ts';
import { logBucketProps } from './bucket.ts';

/** AWS's rule groups, in the order in which they are asked. */
const MANAGED = [
  'AWSManagedRulesAmazonIpReputationList',
  'AWSManagedRulesCommonRuleSet',
  'AWSManagedRulesKnownBadInputsRuleSet',
  'AWSManagedRulesSQLiRuleSet',
] as const;

export interface FirewallProps {
  /** Name of the web ACL. The table of its logs has it in its location. */
  readonly name: string;
  readonly environment: string;
  readonly scope: 'REGIONAL' | 'CLOUDFRONT';
  /** Bucket of its logs; WAF takes names that begin with aws-waf-logs- only. */
  readonly bucketName: `aws-waf-logs-${string}`;
  readonly settings: FirewallSettings;
}

/** A web ACL with AWS's rules and a limit by address, and the bucket of its logs. */
export class Firewall extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { name, environment, scope: reach, bucketName, settings }: FirewallProps) {
    super(scope, id);
    const acl = new CfnWebACL(this, 'WebAcl', {
      name,
      description: `Rules before ${name} in ${environment}`,
      scope: reach,
      defaultAction: { allow: {} },
      visibilityConfig: visible('all'),
      rules: [
        {
          name: 'rate',
          priority: 0,
          action: { block: {} },
          statement: { rateBasedStatement: { limit: settings.rateLimit, aggregateKeyType: 'IP' } },
          visibilityConfig: visible('rate'),
        },
        ...MANAGED.map((group, index) => ({
          name: group,
          priority: index + 1,
          // Count first: a rule that blocks what customers send is found in the logs, not by the customers.
          overrideAction: settings.managedRules === 'count' ? { count: {} } : { none: {} },
          statement: { managedRuleGroupStatement: { vendorName: 'AWS', name: group } },
          visibilityConfig: visible(group),
        })),
      ],
    });
    this.arn = acl.attrArn;
    this.log(acl, bucketName);
  }

  private log(acl: CfnWebACL, bucketName: string): void {
    const { account, region } = Stack.of(this);
    const bucket = new Bucket(this, 'Logs', {
      ...logBucketProps(),
      bucketName,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const delivery = new ServicePrincipal('delivery.logs.amazonaws.com');
    const from = { StringEquals: { 'aws:SourceAccount': account }, ArnLike: { 'aws:SourceArn': `arn:aws:logs:${region}:${account}:*` } };
    bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'FirewallLogs',
        principals: [delivery],
        actions: ['s3:PutObject'],
        resources: [bucket.arnForObjects(`AWSLogs/${account}/*`)],
        conditions: { ...from, StringEquals: { ...from.StringEquals, 's3:x-amz-acl': 'bucket-owner-full-control' } },
      }),
    );
    bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'FirewallLogsCheck',
        principals: [delivery],
        actions: ['s3:GetBucketAcl', 's3:ListBucket'],
        resources: [bucket.bucketArn],
        conditions: from,
      }),
    );
    const logging = new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: acl.attrArn,
      logDestinationConfigs: [bucket.bucketArn],
      // What carries a session must not lie in a log.
      redactedFields: ['authorization', 'cookie'].map((header) => ({ singleHeader: { Name: header } })),
    });
    // WAF checks the policy before it takes the bucket.
    logging.node.addDependency(bucket.policy!);
  }
}

function visible(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true };
}
