import type { Environment } from './environment.ts';

/** Small and cheap: endpoints in one zone, the smallest database, one task. */
export const dev: Environment = {
  name: 'dev',
  region: 'ap-northeast-1',
  service: 'api',
  availabilityZones: ['ap-northeast-1a', 'ap-northeast-1c'],
  logRetentionDays: 7,
  network: { cidr: '10.10.0.0/16', endpointZones: 1 },
  domain: {
    publicZone: { name: 'dev.example.com', id: 'Z0000000000000EXAMPLE' },
    api: 'api.dev.example.com',
    privateZone: 'dev.sluice.internal',
  },
  backend: {
    port: 8000,
    cpu: 256,
    memoryMiB: 512,
    architecture: 'arm64',
    minTasks: 1,
    maxTasks: 2,
    cpuTarget: 60,
    memoryTarget: 70,
    exec: false,
  },
  database: {
    instanceClass: 'db.t4g.medium',
    name: 'app',
    backupDays: 7,
    maxReplicas: 2,
    replicaCpuTarget: 70,
    protect: false,
  },
  security: { guardDuty: true, config: true, firewall: { managedRules: 'count', rateLimit: 2000 } },
  delivery: { repository: 'example/sluice', createProvider: true },
  optional: {},
};
