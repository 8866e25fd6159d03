/** What differs between environments. One file each beside this one; the app is a function of it. */

/** Days that CloudWatch Logs can keep events; others are refused by the service. */
export type RetentionDays = 1 | 3 | 5 | 7 | 14 | 30 | 60 | 90 | 120 | 150 | 180 | 365;

export interface Environment {
  /** Stands in names, and chooses `[env.NAME]` of the spec and the rendered template. */
  readonly name: 'dev' | 'prod';
  /** The account. Unset, the one whose credentials deploy; an environment each has an account of its own. */
  readonly account?: string;
  readonly region: 'ap-northeast-1';
  /** Name of the backend: its ECS service, its image repository. */
  readonly service: string;
  readonly availabilityZones: readonly [string, string];
  /** How long CloudWatch keeps what these stacks write there: errors of workflows, rejected flows. */
  readonly logRetentionDays: RetentionDays;
  readonly network: NetworkSettings;
  readonly domain: DomainSettings;
  readonly backend: BackendSettings;
  readonly database: DatabaseSettings;
  readonly security: SecuritySettings;
  readonly delivery: DeliverySettings;
  readonly optional: OptionalSettings;
}

export interface NetworkSettings {
  readonly cidr: string;
  /** In how many zones the interface endpoints stand. They are billed by zone; one zone's failure takes them all when it is 1. */
  readonly endpointZones: 1 | 2;
}

export interface DomainSettings {
  /** The public zone. It exists already: whoever registered the domain made it. */
  readonly publicZone: { readonly name: string; readonly id: string };
  /** Name of the API in that zone. */
  readonly api: string;
  /** Zone that only the VPC sees. */
  readonly privateZone: string;
}

export interface BackendSettings {
  readonly port: number;
  /** CPU units and memory of the task, the sidecar's 51 and 128 MiB included. */
  readonly cpu: 256 | 512 | 1024 | 2048;
  readonly memoryMiB: number;
  readonly architecture: 'arm64' | 'x86_64';
  readonly minTasks: number;
  readonly maxTasks: number;
  /** Tasks are added above these percentages. */
  readonly cpuTarget: number;
  readonly memoryTarget: number;
  /**
   * Shells into containers (ECS Exec), for a test environment: prod refuses it. It needs the endpoints ssmmessages and
   * kms, billed like the others, and rights of the task's role that name no resource; the root file system cannot be
   * read-only.
   */
  readonly exec: boolean;
}

export interface DatabaseSettings {
  /** As in `db.r6g.large`. */
  readonly instanceClass: 'db.t4g.medium' | 'db.r6g.large';
  readonly name: string;
  readonly backupDays: number;
  /** Replicas: the first stands in the other zone, more come with the load. */
  readonly maxReplicas: number;
  /** Replicas are added above this percentage of CPU. */
  readonly replicaCpuTarget: number;
  /** Against deletion, also by a stack that is taken down. */
  readonly protect: boolean;
}

export interface SecuritySettings {
  /** One GuardDuty detector an account and region: false where it is on already, by an organisation for instance. */
  readonly guardDuty: boolean;
  /** One Config recorder an account and region, likewise. */
  readonly config: boolean;
  readonly firewall: FirewallSettings;
}

export interface FirewallSettings {
  /** Managed rules only count at first: look at what they would block, then block. */
  readonly managedRules: 'count' | 'block';
  /** Requests of one address in five minutes; more are blocked. */
  readonly rateLimit: number;
}

export interface DeliverySettings {
  /** The GitHub repository, `owner/name`, whose workflows may deploy. */
  readonly repository: string;
  /** GitHub's identity provider exists once an account: false where it is there already. */
  readonly createProvider: boolean;
}

/** Off by default: without a key here the stack is not there. */
export interface OptionalSettings {
  readonly frontend?: FrontendSettings;
  readonly orchestration?: OrchestrationSettings;
  readonly storage?: StorageSettings;
}

export interface FrontendSettings {
  readonly repository: string;
  /** Secret with GitHub's token for Amplify, by name. */
  readonly tokenSecret: string;
  /** Branches and what they are. */
  readonly branches: readonly { readonly name: string; readonly stage: 'PRODUCTION' | 'DEVELOPMENT' }[];
}

export interface OrchestrationSettings {
  /** When the batch runs, in the time zone of the region's users. */
  readonly batchSchedule: { readonly cron: string; readonly timeZone: string };
}

export interface StorageSettings {
  /** CloudWatch log groups whose events also go to the log bucket, by name. */
  readonly archivedLogGroups: readonly string[];
  readonly backupBucket: boolean;
  readonly staticBucket: boolean;
}
