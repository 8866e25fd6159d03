import type { OptionalSettings } from './environment.ts';

/** Everything that is off by default, as an example to copy from, and what the tests switch on. */
export const allOptions: OptionalSettings = {
  frontend: {
    repository: 'example/frontend',
    tokenSecret: 'sluice/github-token',
    branches: [
      { name: 'main', stage: 'PRODUCTION' },
      { name: 'develop', stage: 'DEVELOPMENT' },
    ],
  },
  orchestration: { batchSchedule: { cron: '0 3 * * ? *', timeZone: 'Asia/Tokyo' } },
  storage: { archivedLogGroups: ['/ecs/legacy'], backupBucket: true, staticBucket: true },
};
