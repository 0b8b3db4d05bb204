/** The service as its operator starts it: a process on loopback with a data folder of its own, and its command line. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('../../src/runtime/launch.mjs', import.meta.url));

export type ServiceProcess = Awaited<ReturnType<typeof startServiceProcess>>;

export async function startServiceProcess() {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-browser-'));
  await chmod(folder, 0o711); // for the database, which runs as somebody else when we are root
  const port = await freePort();
  const env = {
    PATH: process.env['PATH'],
    PORT: String(port),
    HEADWATER_DATA_DIR: join(folder, 'data'),
  };
  const launch = (args: readonly string[]): ChildProcess =>
    spawn(process.execPath, [launcher, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });

  const logged: { readonly event: string; readonly code?: string }[] = [];
  const service = launch(['start']);
  const ended = once(service, 'exit');
  const { stdout, stderr } = service;
  if (!stdout || !stderr) throw new Error('the service has no output');
  createInterface({ input: stderr }).on('line', (line) => {
    if (line.startsWith('{')) logged.push(JSON.parse(line));
    else console.error(line);
  });
  await Promise.race([once(stdout, 'data'), ended.then(() => Promise.reject(new Error('it ended')))]);

  return {
    issuer: `http://127.0.0.1:${port}`,
    logged,
    /** What a command prints, as JSON. */
    async headwater(...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
      const child = launch(['headwater', ...args, '--json']);
      if (!child.stdout || !child.stderr) throw new Error('the command has no output');
      const said = Promise.all([text(child.stdout), text(child.stderr)]);
      const [code] = await once(child, 'exit');
      const [out, complaint] = await said;
      if (code !== 0) throw new Error(`headwater ${args.join(' ')}: ${complaint}${out}`);
      return JSON.parse(out);
    },
    async file(name: string, ...resources: readonly object[]): Promise<string> {
      const path = join(folder, name);
      await writeFile(path, resources.map((resource) => JSON.stringify(resource)).join('\n'));
      return path;
    },
    async stop(): Promise<void> {
      service.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}
