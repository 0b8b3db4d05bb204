// The laws and the fuzzing with their full counts, which take many minutes; the everyday run has smaller ones.
import { defineConfig } from 'vitest/config';
import { common, root } from './vitest.config.ts';

const count = (name: string, usual: string) => ({ [name]: process.env[name] ?? usual });

export default defineConfig({
  root,
  test: {
    ...common,
    include: ['test/laws/**/*.test.ts'],
    env: { ...count('HEADWATER_LAW_RUNS', '5000'), ...count('HEADWATER_FUZZ_RUNS', '20000') },
    testTimeout: 3_600_000,
  },
});
