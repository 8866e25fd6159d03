/**
 * What must be there before the first image: repositories, and the roles that workflows take on.
 *
 * The digest of the image in use is a parameter that the workflows write, and no resource here: a deployment of the
 * stacks would otherwise bring back the image that it was first made with.
 */
import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { Repository, RepositoryEncryption, TagMutability, TagStatus } from 'aws-cdk-lib/aws-ecr';
import { OidcProviderNative, PolicyStatement, Role, WebIdentityPrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Environment } from '../../config/environment.ts';
import { FOLDERS } from './logs.ts';

const GITHUB = 'token.actions.githubusercontent.com';
/** Images that the repository of the backend keeps. The sidecar's has its own count. */
const KEPT_IMAGES = 10;

export interface DeliveryStackProps extends StackProps {
  readonly environment: Environment;
  /** By name: the bucket comes after the repositories. */
  readonly logBucketName: string;
}

export class DeliveryStack extends Stack {
  private readonly environmentName: string;
  private readonly provider: string;
  private readonly github: string;

  constructor(scope: Construct, id: string, { environment, logBucketName, ...props }: DeliveryStackProps) {
    super(scope, id, props);
    this.environmentName = environment.name;
    this.github = environment.delivery.repository;
    this.provider = this.identityProvider(environment.delivery.createProvider);
    const backend = this.repository('Backend', environment.service);
    const sidecar = this.repository('Sidecar', 'log-router');
    this.applicationRole(environment, backend, sidecar, logBucketName);
    this.stackRoles();
  }

  private identityProvider(create: boolean): string {
    if (!create) return this.formatArn({ service: 'iam', region: '', resource: `oidc-provider/${GITHUB}` });
    return new OidcProviderNative(this, 'GitHub', { url: `https://${GITHUB}`, clientIds: ['sts.amazonaws.com'] }).oidcProviderArn;
  }

  private repository(id: string, repositoryName: string): Repository {
    return new Repository(this, id, {
      repositoryName,
      imageScanOnPush: true,
      imageTagMutability: TagMutability.IMMUTABLE,
      encryption: RepositoryEncryption.KMS,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [{ description: `the newest ${KEPT_IMAGES} stay`, tagStatus: TagStatus.ANY, maxImageCount: KEPT_IMAGES }],
    });
  }

  /** Trusts one repository's runs in one GitHub environment, whose approvals therefore cannot be passed by. */
  private role(id: string, name: string, subject: string, description: string): Role {
    return new Role(this, id, {
      roleName: `sluice-${this.environmentName}-${name}`,
      description,
      maxSessionDuration: Duration.hours(1),
      assumedBy: new WebIdentityPrincipal(this.provider, {
        StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com', [`${GITHUB}:sub`]: `repo:${this.github}:${subject}` },
      }),
    });
  }

  private applicationRole(environment: Environment, backend: Repository, sidecar: Repository, logBucketName: string): void {
    const role = this.role('Application', 'application', `environment:${environment.name}`, 'Images and the service: build, deploy, roll back');
    const cluster = `${environment.service}-${environment.name}`;
    const ecs = (resource: string) => this.formatArn({ service: 'ecs', resource });
    const rights: [string, string[], string[], Record<string, unknown>?][] = [
      ['Login', ['ecr:GetAuthorizationToken'], ['*']],
      [
        'Images',
        [
          'ecr:BatchCheckLayerAvailability',
          'ecr:BatchGetImage',
          'ecr:CompleteLayerUpload',
          'ecr:DescribeImages',
          'ecr:GetDownloadUrlForLayer',
          'ecr:InitiateLayerUpload',
          'ecr:PutImage',
          'ecr:UploadLayerPart',
        ],
        [backend.repositoryArn, sidecar.repositoryArn],
      ],
      // These calls take no resource.
      ['TaskDefinitions', ['ecs:RegisterTaskDefinition', 'ecs:DescribeTaskDefinition'], ['*']],
      [
        'Service',
        ['ecs:DescribeServices', 'ecs:UpdateService', 'ecs:ListServiceDeployments'],
        [ecs(`service/${cluster}/${environment.service}`)],
      ],
      [
        'Deployments',
        ['ecs:DescribeServiceDeployments', 'ecs:DescribeServiceRevisions', 'ecs:StopServiceDeployment'],
        [ecs(`service-deployment/${cluster}/${environment.service}/*`), ecs(`service-revision/${cluster}/${environment.service}/*`)],
      ],
      [
        'Digests',
        ['ssm:GetParameter', 'ssm:PutParameter'],
        [environment.service, 'log-router'].map((name) =>
          this.formatArn({ service: 'ssm', resource: `parameter/sluice/${environment.name}/${name}/digest` }),
        ),
      ],
      ['TaskArchive', ['s3:PutObject'], [`arn:${this.partition}:s3:::${logBucketName}/${FOLDERS.tasks}/*`]],
      [
        'TaskRoles',
        ['iam:PassRole'],
        [this.formatArn({ service: 'iam', region: '', resource: `role/Sluice-${environment.name}-Compute-*` })],
        { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      ],
    ];
    for (const [sid, actions, resources, conditions] of rights) {
      role.addToPolicy(new PolicyStatement({ sid, actions, resources, conditions }));
    }
  }

  /** The stacks are deployed through the roles that `cdk bootstrap` makes; these may take those on, and nothing else. */
  private stackRoles(): void {
    // The frontend, when there is one, stands in us-east-1.
    const regions = [this.region, 'us-east-1'];
    const bootstrap = (kind: string) =>
      regions.map((region) =>
        this.formatArn({ service: 'iam', region: '', resource: `role/cdk-hnb659fds-${kind}-role-${this.account}-${region}` }),
      );
    const assume = (role: Role, kinds: string[]) =>
      role.addToPolicy(new PolicyStatement({ sid: 'Bootstrap', actions: ['sts:AssumeRole'], resources: kinds.flatMap(bootstrap) }));
    assume(
      this.role('Stacks', 'stacks', `environment:${this.environmentName}`, 'Deploys the stacks, after approval'),
      ['deploy', 'file-publishing', 'lookup'],
    );
    // Pull requests see what would change; the lookup role can only read.
    const diff = this.role('Diff', 'diff', 'pull_request', 'Shows on pull requests what would change');
    assume(diff, ['lookup']);
  }
}
