// How the tests run. Everything under test/ on Node; what runs inside workerd has a config of its own beside it.
import { fileURLToPath } from 'node:url';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

type TestOptions = NonNullable<ViteUserConfig['test']>;

export const root = fileURLToPath(new URL('..', import.meta.url));

// `.ci/run` asks for the counts in a file, beside what a person reads.
const countsFile = process.env['TEST_COUNTS_FILE'];

/** What every run of vitest in this repository agrees on. */
export const common = {
  globalSetup: ['test/support/global-setup.ts'],
  setupFiles: ['test/support/no-network.ts'],
  // A run that saw no test, or only the one somebody was working on, proves nothing.
  allowOnly: false,
  passWithNoTests: false,
  testTimeout: 30_000,
  hookTimeout: 30_000,
  // Processes, since PostgreSQL sockets and WebCrypto keys do not like to share one; two, as small machines have.
  pool: 'forks',
  // A second of processor time for every file that touches storage; see there why.
  execArgv: ['--import', new URL('../src/runtime/fast-imports.mjs', import.meta.url).href],
  maxWorkers: 2,
  reporters: countsFile === undefined ? ['default'] : ['default', ['json', { outputFile: countsFile }]],
} satisfies TestOptions;

export default defineConfig({
  root,
  test: {
    ...common,
    include: ['test/**/*.test.ts'],
    exclude: ['test/runtime/worker/**', 'test/browser/**'],
  },
});
