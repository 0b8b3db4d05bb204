import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const door = fileURLToPath(new URL('../../src/runtime/launch.mjs', import.meta.url));

/** As a Node of that version would see it. */
function launch(version: string, ...args: readonly string[]) {
  const pretend = `data:text/javascript,Object.defineProperty(process.versions,"node",{value:"${version}"})`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', pretend, door, ...args], {
    encoding: 'utf8',
    timeout: 5_000,
  });
  return { status, stdout, stderr };
}

test('a start under an older Node says so in one line', () => {
  const { status, stdout, stderr } = launch('20.20.2', 'start');
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^Headwater needs Node 24 or newer, this is 20\.20\.2; .+\n$/);
});

test('an entry nobody knows is refused', () => {
  const { status, stderr } = launch('26.10.0', 'constructor');
  expect(status).toBe(1);
  expect(stderr).toMatch(/^unknown entry `constructor`, expected one of .+\n$/);
});
