/** An image of a repository of this account, by the digest that a parameter names: what was tested is what runs. */
import { ContainerImage, type ContainerDefinition, type ContainerImageConfig } from 'aws-cdk-lib/aws-ecs';
import { Repository, type IRepository } from 'aws-cdk-lib/aws-ecr';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';

/** The parameter that holds the digest of the image in use, as `sha256:…`. The release workflow writes it. */
export function digestParameter(env: string, repository: string): string {
  return `/sluice/${env}/${repository}/digest`;
}

export class DigestImage extends ContainerImage {
  constructor(
    private readonly repository: IRepository,
    private readonly digest: string,
  ) {
    super();
  }

  /** The image whose digest the parameter of this environment holds. The parameter must exist before the stack does. */
  static fromParameter(scope: Construct, env: string, repositoryName: string): DigestImage {
    return new DigestImage(
      Repository.fromRepositoryName(scope, `${repositoryName}-repository`, repositoryName),
      StringParameter.valueForStringParameter(scope, digestParameter(env, repositoryName)),
    );
  }

  override bind(_scope: Construct, container: ContainerDefinition): ContainerImageConfig {
    this.repository.grantPull(container.taskDefinition.obtainExecutionRole());
    return { imageName: `${this.repository.repositoryUri}@${this.digest}` };
  }
}
