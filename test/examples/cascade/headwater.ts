// Headwater as its administrator runs it: `npm start` and `npm run headwater -- …`, with a data folder of its own.

import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type JsonObject, parseJsonObject } from '../../../src/base/json.ts';
import type { KeyPair } from './parties/credentials.ts';
import { freePort, type Processes, plainEnvironment } from './processes.ts';

const launcher = 'src/runtime/launch.mjs';
const readyWithinMs = 60_000;

export type Registration = {
  readonly name: string;
  readonly keys: KeyPair;
  readonly grants: readonly string[];
  readonly scope: string;
  readonly patient?: string;
  readonly organization?: string;
  readonly resource?: string;
};

export type Headwater = {
  readonly issuer: string;
  readonly pid: number;
  /** Returns the client_id. */
  readonly createClient: (registration: Registration) => Promise<string>;
  readonly trustIssuer: (issuer: string, keys: KeyPair) => Promise<void>;
};

export async function startHeadwater(processes: Processes): Promise<Headwater> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const folder = await mkdtemp(join(tmpdir(), 'headwater-story-'));
  // A database that root starts runs as another user, who must get to the folder within.
  await chmod(folder, 0o711);
  processes.afterwards(() => rm(folder, { recursive: true, force: true }));
  const env = plainEnvironment({
    PORT: String(port),
    HEADWATER_ISSUER: issuer,
    HEADWATER_DATA_DIR: join(folder, 'data'),
    LOG_LEVEL: 'warn',
    // The command line is started several times over; what was compiled once need not be again.
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
  });
  const program = processes.run(launcher, ['start'], env);
  await untilReady(issuer, program);

  async function command(...args: readonly string[]): Promise<JsonObject> {
    const { exitCode, stdout, stderr } = await processes.finish(
      launcher,
      ['headwater', ...args, '--json'],
      env,
    );
    const printed = parseJsonObject(stdout);
    if (exitCode === 0 && printed.ok) return printed.value;
    throw new Error(`headwater ${args.join(' ')} ended with ${exitCode}:\n${stdout}${stderr}`);
  }

  async function jwksFile(name: string, keys: KeyPair): Promise<string> {
    const path = join(folder, `${name.replaceAll(/\W+/g, '-')}.jwks.json`);
    await writeFile(path, JSON.stringify({ keys: [keys.publicJwk] }));
    return path;
  }

  async function createClient(registration: Registration): Promise<string> {
    const { name, keys, grants, scope, ...limits } = registration;
    const limited = Object.entries(limits).flatMap(([limit, value]) => [`--${limit}`, value]);
    const file = await jwksFile(name, keys);
    const common = ['--name', name, '--jwks', file, '--grant', grants.join(','), '--scope', scope];
    const client = await command('client', 'create', ...common, ...limited);
    return String(client['client_id']);
  }

  async function trustIssuer(trusted: string, keys: KeyPair): Promise<void> {
    await command('issuer', 'trust', '--issuer', trusted, '--jwks', await jwksFile('issuer', keys));
  }

  return { issuer, pid: program.pid, createClient, trustIssuer };
}

async function untilReady(issuer: string, program: ReturnType<Processes['run']>): Promise<void> {
  const deadline = Date.now() + readyWithinMs;
  while (Date.now() < deadline && program.isRunning()) {
    const ready = await fetch(`${issuer}/readyz`).catch(() => undefined);
    await ready?.body?.cancel();
    if (ready?.status === 200) return;
    await wait(50);
  }
  throw new Error(`Headwater did not become ready:\n${program.output()}`);
}
