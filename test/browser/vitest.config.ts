// The pages in a real browser (`npm run test:browser`). On its own because it needs Debian's chromium, and starts the
// service as a process with a database of its own.
import { defineConfig } from 'vitest/config';
import { common, root } from '../vitest.config.ts';

export default defineConfig({
  root,
  test: {
    ...common,
    globalSetup: [],
    include: ['test/browser/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
