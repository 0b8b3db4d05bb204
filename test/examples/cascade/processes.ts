// The processes of the story: started one by one, spoken to, and all stopped by their own pids however the story ends.

import { type ChildProcess, fork, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Verbs } from './parties/party.ts';
import { meet, type Party } from './party-line.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const endWithParent = new URL('end-with-parent.ts', import.meta.url).href;

export type Program = {
  readonly pid: number;
  readonly output: () => string;
  readonly isRunning: () => boolean;
};
export type Outcome = { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string };

export type Processes = {
  /** A program below `parties/`, once it listens. */
  readonly party: <V extends Verbs>(file: string) => Promise<Party<V>>;
  /** A program that goes on running. */
  readonly run: (file: string, args: readonly string[], env: NodeJS.ProcessEnv) => Program;
  /** A command that ends by itself. */
  readonly finish: (file: string, args: readonly string[], env: NodeJS.ProcessEnv) => Promise<Outcome>;
  /** What the programs that go on running have printed so far. */
  readonly printed: () => string;
  /** Stops them, and then does what was left for that moment. */
  readonly stopAll: () => Promise<void>;
  readonly afterwards: (cleanUp: () => Promise<void>) => void;
  /** For an exit that cannot wait. */
  readonly killAll: () => void;
};

/** After a polite request to stop; Headwater stops its database meanwhile. */
const graceMs = 20_000;

export function startProcesses(): Processes {
  const children = new Set<ChildProcess>();
  const outputs: (() => string)[] = [];
  const cleanUps: (() => Promise<void>)[] = [];

  /** Forgets a child as it ends, so that a pid that came to belong to another process is never signalled. */
  function adopt(child: ChildProcess): ChildProcess {
    children.add(child);
    child.once('exit', () => children.delete(child));
    return child;
  }

  const start = (args: readonly string[], env: NodeJS.ProcessEnv, stdin: 'ignore' | 'pipe'): ChildProcess =>
    adopt(spawn(process.execPath, args, { cwd: root, env, stdio: [stdin, 'pipe', 'pipe'] }));

  async function party<V extends Verbs>(file: string): Promise<Party<V>> {
    const path = fileURLToPath(new URL(`parties/${file}`, import.meta.url));
    const stdio = ['ignore', 'pipe', 'pipe', 'ipc'] as const;
    const child = adopt(fork(path, [], { execArgv: [], stdio: [...stdio], env: plainEnvironment() }));
    return await meet<V>(child, file, listenTo(child));
  }

  function run(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Program {
    const child = start([`--import=${endWithParent}`, file, ...args], env, 'pipe');
    const output = listenTo(child);
    outputs.push(output);
    return {
      pid: child.pid ?? 0,
      output,
      isRunning: () => child.exitCode === null && child.signalCode === null,
    };
  }

  async function finish(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Outcome> {
    const child = start([file, ...args], env, 'ignore');
    const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
    const exitCode = await new Promise<number | null>((ended) => child.once('close', ended));
    return { exitCode, stdout: stdout(), stderr: stderr() };
  }

  async function stopAll(): Promise<void> {
    await Promise.all([...children].map(stop));
    for (const cleanUp of cleanUps.splice(0)) await cleanUp();
  }

  const killAll = (): void => {
    for (const child of children) child.kill('SIGKILL');
  };

  const afterwards = (cleanUp: () => Promise<void>): void => void cleanUps.push(cleanUp);

  const printed = (): string => outputs.map((output) => output()).join('');

  return { party, run, finish, printed, stopAll, afterwards, killAll };
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended;
  clearTimeout(impatience);
}

function listenTo(child: ChildProcess): () => string {
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  return () => `${stdout()}${stderr()}`;
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

/** Our environment without settings that were meant for another Headwater, or for the test runner. */
export function plainEnvironment(own: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !othersSettings.test(name));
  return { ...Object.fromEntries(kept), ...own };
}

const othersSettings =
  /^(HEADWATER_.*|VITEST.*|DATABASE_URL|TEST_DATABASE_URL|PORT|HOST|LOG_LEVEL|NODE_OPTIONS)$/;

/** A port that is free now, below those that systems hand out by themselves, so that no party gets it meanwhile. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if (await canListen(port)) return port;
  }
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
