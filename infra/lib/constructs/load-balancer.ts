import { Duration } from 'aws-cdk-lib';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { SubnetType, type ISecurityGroup, type IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ListenerAction,
  SslPolicy,
  type ApplicationListener,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { DomainSettings } from '../../config/environment.ts';
import { FOLDERS } from '../stacks/logs.ts';

export interface LoadBalancerProps {
  readonly name: string;
  readonly vpc: IVpc;
  readonly securityGroup: ISecurityGroup;
  readonly domain: DomainSettings;
  readonly logBucket: IBucket;
  readonly webAclArn: string;
  readonly protect: boolean;
}

/** The way in: HTTPS with a certificate, HTTP sent there, a firewall before it, logs of all of it, a name. */
export class LoadBalancer extends Construct {
  readonly balancer: ApplicationLoadBalancer;
  readonly https: ApplicationListener;

  constructor(scope: Construct, id: string, props: LoadBalancerProps) {
    super(scope, id);
    const { vpc, domain } = props;
    this.balancer = new ApplicationLoadBalancer(this, 'Balancer', {
      loadBalancerName: props.name,
      vpc,
      vpcSubnets: { subnetType: SubnetType.PUBLIC },
      internetFacing: true,
      securityGroup: props.securityGroup,
      deletionProtection: props.protect,
      dropInvalidHeaderFields: true,
      idleTimeout: Duration.seconds(60),
    });
    this.log(props.logBucket);

    const zone = HostedZone.fromHostedZoneAttributes(this, 'Zone', { zoneName: domain.publicZone.name, hostedZoneId: domain.publicZone.id });
    const certificate = new Certificate(this, 'Certificate', { domainName: domain.api, validation: CertificateValidation.fromDns(zone) });
    this.https = this.balancer.addListener('Https', {
      port: 443,
      protocol: ApplicationProtocol.HTTPS,
      certificates: [certificate],
      sslPolicy: SslPolicy.RECOMMENDED_TLS,
      open: false,
    });
    this.balancer.addListener('Http', {
      port: 80,
      open: false,
      defaultAction: ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
    });

    const target = RecordTarget.fromAlias(new LoadBalancerTarget(this.balancer));
    new ARecord(this, 'Record', { zone, recordName: `${domain.api}.`, target });
    new CfnWebACLAssociation(this, 'Firewall', { resourceArn: this.balancer.loadBalancerArn, webAclArn: props.webAclArn });
  }

  /** The bucket's policy stands in Logs; the attributes alone keep this stack from wanting to change it. */
  private log(bucket: IBucket): void {
    for (const [kind, prefix] of [['access', FOLDERS.loadBalancer], ['connection', FOLDERS.connections]] as const) {
      this.balancer.setAttribute(`${kind}_logs.s3.enabled`, 'true');
      this.balancer.setAttribute(`${kind}_logs.s3.bucket`, bucket.bucketName);
      this.balancer.setAttribute(`${kind}_logs.s3.prefix`, prefix);
    }
  }
}
