// What runs inside workerd (`npm run test:worker`). On its own because it bundles the service and starts a second
// runtime, which the tests that run at every save should not wait for.
import { defineConfig } from 'vitest/config';
import { common, root } from '../vitest.config.ts';

export default defineConfig({
  root,
  test: {
    ...common,
    include: ['test/runtime/worker/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
