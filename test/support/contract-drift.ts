// Fails when openapi/headwater.json is not what the route schemas generate (`npm run contract`). Leaves the file as it
// was, so that looking never mends: `npm run openapi` does.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('../..', import.meta.url));
const contract = `${top}openapi/headwater.json`;
const read = (): string | undefined => (existsSync(contract) ? readFileSync(contract, 'utf8') : undefined);

const before = read();
rmSync(contract, { force: true }); // so that a generator that writes nothing is noticed
const { status } = spawnSync(process.execPath, ['src/runtime/cli/openapi.ts'], {
  cwd: top,
  stdio: 'inherit',
});
const after = read();
if (before === undefined) rmSync(contract, { force: true });
else writeFileSync(contract, before);

const verdict =
  status !== 0 || after === undefined
    ? 'openapi/headwater.json could not be generated'
    : before === undefined
      ? 'openapi/headwater.json is missing, run `npm run openapi`'
      : before !== after
        ? 'openapi/headwater.json differs from what the routes generate, run `npm run openapi`'
        : undefined;

if (verdict === undefined) console.log('openapi/headwater.json is what the routes generate');
else {
  console.error(verdict);
  process.exitCode = 1;
}
