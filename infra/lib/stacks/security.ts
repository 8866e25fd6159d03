/** GuardDuty, AWS Config and the firewall before the load balancer. The first two exist once an account: settings. */
import { Stack, type StackProps } from 'aws-cdk-lib';
import { CfnDetector } from 'aws-cdk-lib/aws-guardduty';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Environment } from '../../config/environment.ts';
import { ConfigRecorder } from '../constructs/config-recorder.ts';
import { Firewall } from '../constructs/firewall.ts';
import { FOLDERS } from './logs.ts';

export interface SecurityStackProps extends StackProps {
  readonly environment: Environment;
  readonly logBucket: IBucket;
  readonly logBucketName: string;
}

export class SecurityStack extends Stack {
  readonly webAclArn: string;

  constructor(scope: Construct, id: string, { environment, logBucket, logBucketName, ...props }: SecurityStackProps) {
    super(scope, id, props);
    const { security } = environment;
    if (security.guardDuty) {
      new CfnDetector(this, 'GuardDuty', {
        enable: true,
        findingPublishingFrequency: environment.name === 'prod' ? 'FIFTEEN_MINUTES' : 'SIX_HOURS',
        features: [
          { name: 'S3_DATA_EVENTS', status: 'ENABLED' },
          { name: 'RDS_LOGIN_EVENTS', status: 'ENABLED' },
          // Its agent would be a third container in each task, with an endpoint of its own.
          { name: 'RUNTIME_MONITORING', status: 'DISABLED' },
        ],
      });
    }
    if (security.config) new ConfigRecorder(this, 'Config', { bucket: logBucket, prefix: FOLDERS.config });
    const firewall = new Firewall(this, 'Firewall', {
      name: environment.service,
      environment: environment.name,
      scope: 'REGIONAL',
      // `catalog.waf_bucket` of the spec names it, for the table of its logs.
      bucketName: `aws-waf-logs-${logBucketName}`,
      settings: security.firewall,
    });
    this.webAclArn = firewall.arn;
  }
}
