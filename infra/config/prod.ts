import type { Environment } from './environment.ts';

/** Two of everything that a zone can take with it. */
export const prod: Environment = {
  name: 'prod',
  region: 'ap-northeast-1',
  service: 'api',
  availabilityZones: ['ap-northeast-1a', 'ap-northeast-1c'],
  logRetentionDays: 30,
  network: { cidr: '10.20.0.0/16', endpointZones: 2 },
  domain: {
    publicZone: { name: 'example.com', id: 'Z1111111111111EXAMPLE' },
    api: 'api.example.com',
    privateZone: 'prod.sluice.internal',
  },
  backend: {
    port: 8000,
    cpu: 512,
    memoryMiB: 1024,
    architecture: 'arm64',
    minTasks: 2,
    maxTasks: 10,
    cpuTarget: 60,
    memoryTarget: 70,
    exec: false,
  },
  database: {
    instanceClass: 'db.r6g.large',
    name: 'app',
    backupDays: 35,
    maxReplicas: 4,
    replicaCpuTarget: 70,
    protect: true,
  },
  // Managed rules count until somebody has looked at what they would block.
  security: { guardDuty: true, config: true, firewall: { managedRules: 'count', rateLimit: 2000 } },
  delivery: { repository: 'example/sluice', createProvider: true },
  optional: {},
};
