/** What is left of the story when it is killed and can stop nobody any more. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { plainEnvironment } from './cascade/processes.ts';

const processes = new URL('cascade/processes.ts', import.meta.url).href;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headwater-processes-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('a program that goes on running ends with a story that is killed', async () => {
  const program = join(folder, 'program.mjs');
  await writeFile(program, 'setInterval(() => {}, 1000);');
  const story = `
    const { startProcesses } = await import(${JSON.stringify(processes)});
    console.log(startProcesses().run(${JSON.stringify(program)}, [], process.env).pid);
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', story], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: plainEnvironment(),
  });
  const [printed] = await once(parent.stdout, 'data');
  const pid = Number(printed);
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
});
