/**
 * Opt-in: a frontend on Amplify, an environment a branch, with a firewall of its own before it.
 *
 * The stack stands in us-east-1: Amplify serves through CloudFront, and takes web ACLs of CloudFront's region only.
 */
import { SecretValue, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnApp, CfnBranch } from 'aws-cdk-lib/aws-amplify';
import { CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import type { Environment, FrontendSettings } from '../../config/environment.ts';
import { Firewall } from '../constructs/firewall.ts';

export interface FrontendStackProps extends StackProps {
  readonly environment: Environment;
  readonly settings: FrontendSettings;
  readonly logBucketName: string;
}

const BUILD = `version: 1
frontend:
  phases:
    preBuild:
      commands: ["npm ci"]
    build:
      commands: ["npm run build"]
  artifacts:
    baseDirectory: dist
    files: ["**/*"]
  cache:
    paths: ["node_modules/**/*"]
`;

const HEADERS = `customHeaders:
  - pattern: "**"
    headers:
      - { key: "Strict-Transport-Security", value: "max-age=31536000; includeSubDomains" }
      - { key: "X-Content-Type-Options", value: "nosniff" }
      - { key: "X-Frame-Options", value: "DENY" }
`;

export class FrontendStack extends Stack {
  constructor(scope: Construct, id: string, { environment, settings, logBucketName, ...props }: FrontendStackProps) {
    super(scope, id, props);
    const name = `${environment.service}-${environment.name}-frontend`;
    const app = new CfnApp(this, 'App', {
      name,
      repository: `https://github.com/${settings.repository}`,
      accessToken: SecretValue.secretsManager(settings.tokenSecret).unsafeUnwrap(),
      platform: 'WEB',
      buildSpec: BUILD,
      customHeaders: HEADERS,
      enableBranchAutoDeletion: true,
      environmentVariables: [{ name: 'API_URL', value: `https://${environment.domain.api}` }],
      // A path that is no file is the application's.
      customRules: [{ source: '/<*>', target: '/index.html', status: '404-200' }],
    });
    for (const { name: branchName, stage } of settings.branches) {
      new CfnBranch(this, `Branch-${branchName}`, {
        appId: app.attrAppId,
        branchName,
        stage,
        enableAutoBuild: true,
        enablePullRequestPreview: stage !== 'PRODUCTION',
      });
    }
    const firewall = new Firewall(this, 'Firewall', {
      name: `${environment.service}-frontend`,
      environment: environment.name,
      scope: 'CLOUDFRONT',
      bucketName: `aws-waf-logs-${logBucketName}-frontend`,
      settings: environment.security.firewall,
    });
    new CfnWebACLAssociation(this, 'FirewallOfApp', { resourceArn: app.attrArn, webAclArn: firewall.arn });
  }
}
