import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const fastImports = new URL('../../src/runtime/fast-imports.mjs', import.meta.url).href;
const top = fileURLToPath(new URL('../..', import.meta.url));

/** Processor time of loading drizzle in a process of its own, in milliseconds. */
function cost(...options: readonly string[]): number {
  const script = `
    const { drizzle } = await import('drizzle-orm/postgres-js');
    const { user, system } = process.cpuUsage();
    console.log(typeof drizzle === 'function' ? (user + system) / 1000 : 'not loaded');`;
  const env = { PATH: process.env['PATH'], HEADWATER_DATA_DIR: '/nonexistent' };
  const args = [...options, '--input-type=module', '-e', script];
  return Number(spawnSync(process.execPath, args, { cwd: top, env, encoding: 'utf8' }).stdout);
}

test('loading drizzle costs less than half of what it costs without', () => {
  expect(cost(`--import=${fastImports}`)).toBeLessThan(cost() / 2);
});
