/** Aurora PostgreSQL: the writer in the first zone, a replica in the second, more replicas with the load. */
import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { PredefinedMetric, ScalableTarget, ServiceNamespace } from 'aws-cdk-lib/aws-applicationautoscaling';
import { InstanceType, Port, SecurityGroup, SubnetType, type ISecurityGroup, type IVpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  AuroraPostgresEngineVersion,
  CaCertificate,
  ClusterInstance,
  Credentials,
  DatabaseCluster,
  DatabaseClusterEngine,
  ParameterGroup,
} from 'aws-cdk-lib/aws-rds';
import { CnameRecord, type IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import type { Environment } from '../../config/environment.ts';

export interface DatabaseStackProps extends StackProps {
  readonly environment: Environment;
  readonly vpc: IVpc;
  readonly backendGroup: ISecurityGroup;
  readonly privateZone: IHostedZone;
}

export class DatabaseStack extends Stack {
  readonly cluster: DatabaseCluster;
  readonly key: Key;
  /** Known before the cluster is: alarms name it. */
  readonly clusterIdentifier: string;

  constructor(scope: Construct, id: string, { environment, vpc, backendGroup, privateZone, ...props }: DatabaseStackProps) {
    super(scope, id, props);
    const { database } = environment;
    this.clusterIdentifier = `${environment.service}-${environment.name}`;
    this.key = new Key(this, 'Key', {
      description: `Data, snapshots and password of the database ${this.clusterIdentifier}`,
      alias: `alias/${this.clusterIdentifier}-database`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const group = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'The database: from the backend only',
      allowAllOutbound: false,
    });
    group.addIngressRule(backendGroup, Port.POSTGRES, 'From the backend');

    const engine = DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_17_7 });
    const instance = {
      instanceType: new InstanceType(database.instanceClass.replace(/^db\./, '')),
      caCertificate: CaCertificate.RDS_CA_RSA2048_G1,
      enablePerformanceInsights: true,
      performanceInsightEncryptionKey: this.key,
      publiclyAccessible: false,
    };
    const [first, second] = environment.availabilityZones;
    this.cluster = new DatabaseCluster(this, 'Cluster', {
      engine,
      clusterIdentifier: this.clusterIdentifier,
      defaultDatabaseName: database.name,
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroups: [group],
      writer: ClusterInstance.provisioned('Writer', { ...instance, availabilityZone: first }),
      readers: [ClusterInstance.provisioned('Reader', { ...instance, availabilityZone: second, promotionTier: 1 })],
      // RDS keeps the password in Secrets Manager and changes it every seven days.
      manageMasterUserPassword: true,
      credentials: Credentials.fromUsername('app', { encryptionKey: this.key }),
      iamAuthentication: true,
      storageEncrypted: true,
      storageEncryptionKey: this.key,
      backup: { retention: Duration.days(database.backupDays), preferredWindow: '17:00-18:00' },
      preferredMaintenanceWindow: 'sun:18:30-sun:19:30',
      copyTagsToSnapshot: true,
      deletionProtection: database.protect,
      removalPolicy: RemovalPolicy.SNAPSHOT,
      parameterGroup: new ParameterGroup(this, 'Parameters', {
        engine,
        description: 'Connections by TLS only; slow statements are told',
        parameters: { 'rds.force_ssl': '1', log_min_duration_statement: '1000' },
      }),
    });
    this.scaleReplicas(database);
    for (const [record, endpoint] of [
      ['db', this.cluster.clusterEndpoint],
      ['db-reader', this.cluster.clusterReadEndpoint],
    ] as const) {
      new CnameRecord(this, record, { zone: privateZone, recordName: record, domainName: endpoint.hostname, ttl: Duration.seconds(30) });
    }
  }

  /** Application Auto Scaling adds replicas to the fixed one; what it adds it also takes away. */
  private scaleReplicas({ maxReplicas, replicaCpuTarget }: Environment['database']): void {
    const target = new ScalableTarget(this, 'Replicas', {
      serviceNamespace: ServiceNamespace.RDS,
      scalableDimension: 'rds:cluster:ReadReplicaCount',
      resourceId: `cluster:${this.cluster.clusterIdentifier}`,
      minCapacity: 1,
      maxCapacity: maxReplicas,
    });
    // A cluster without its replica cannot be scaled yet.
    target.node.addDependency(this.cluster);
    target.scaleToTrackMetric('Cpu', {
      predefinedMetric: PredefinedMetric.RDS_READER_AVERAGE_CPU_UTILIZATION,
      targetValue: replicaCpuTarget,
      scaleInCooldown: Duration.minutes(10),
      scaleOutCooldown: Duration.minutes(5),
    });
  }
}
