/** The VPC over two zones, without a NAT gateway: private subnets reach AWS through endpoints only. */
import { Stack, type StackProps } from 'aws-cdk-lib';
import { IpAddresses, Peer, Port, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { PrivateHostedZone } from 'aws-cdk-lib/aws-route53';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Environment } from '../../config/environment.ts';
import { Endpoints } from '../constructs/endpoints.ts';
import { FlowLogs } from '../constructs/flow-logs.ts';

export interface NetworkStackProps extends StackProps {
  readonly environment: Environment;
  readonly logBucket: IBucket;
}

export class NetworkStack extends Stack {
  readonly vpc: Vpc;
  /**
   * Who may talk to whom: from anywhere to the load balancer, from there to the backend. The groups stand here, before
   * those who have them, since rules between stacks would let each wait for the other.
   */
  readonly loadBalancerGroup: SecurityGroup;
  readonly backendGroup: SecurityGroup;
  readonly privateZone: PrivateHostedZone;
  private readonly zones: readonly string[];

  constructor(scope: Construct, id: string, { environment, logBucket, ...props }: NetworkStackProps) {
    super(scope, id, props);
    this.zones = environment.availabilityZones;
    const { network } = environment;
    this.vpc = new Vpc(this, 'Vpc', {
      vpcName: `${environment.service}-${environment.name}`,
      ipAddresses: IpAddresses.cidr(network.cidr),
      availabilityZones: [...this.zones],
      natGateways: 0,
      subnetConfiguration: [
        { name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
        { name: 'private', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 20 },
      ],
    });
    new Endpoints(this, 'Endpoints', {
      vpc: this.vpc,
      cidr: network.cidr,
      zones: this.zones.slice(0, network.endpointZones),
      logBucket,
      exec: environment.backend.exec,
    });
    new FlowLogs(this, 'FlowLogs', {
      vpc: this.vpc,
      bucket: logBucket,
      logGroupName: `/sluice/${environment.name}/vpc/rejected`,
      retentionDays: environment.logRetentionDays,
    });
    this.loadBalancerGroup = new SecurityGroup(this, 'LoadBalancer', {
      vpc: this.vpc,
      description: 'The load balancer: HTTP and HTTPS from anywhere',
      allowAllOutbound: false,
    });
    for (const port of [80, 443]) {
      this.loadBalancerGroup.addIngressRule(Peer.anyIpv4(), Port.tcp(port), `Port ${port} from anywhere`);
    }
    this.backendGroup = new SecurityGroup(this, 'Backend', {
      vpc: this.vpc,
      description: 'Tasks of the backend',
      // There is no way out but the endpoints and the database, whatever a rule here would allow.
      allowAllOutbound: true,
    });
    this.privateZone = new PrivateHostedZone(this, 'PrivateZone', { vpc: this.vpc, zoneName: environment.domain.privateZone });
  }

  /** The zones of the configuration; without an account there is none to ask. */
  override get availabilityZones(): string[] {
    return [...this.zones];
  }
}
