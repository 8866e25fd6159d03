import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The sidecar's package is read from its sources, so that no build has to come before a test.
  resolve: { conditions: ['sluice-source'] },
  ssr: { resolve: { conditions: ['sluice-source'] } },
  test: {
    include: ['test/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
    env: { CDK_DISABLE_ANALYTICS: 'true' },
  },
});
