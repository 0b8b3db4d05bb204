/** `headwater doctor`, against a database of its own that gets one fault after the other. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { freshDatabase, type TestDatabase, withConnection } from '../../support/database.ts';
import { aKeyPair } from '../../support/keys.ts';
import { commandLine, run } from './command-line.ts';

const line = commandLine();
let fresh: TestDatabase;
let publisher: Server;
let published: unknown;

beforeAll(async () => {
  publisher = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(published));
  }).listen(0, '127.0.0.1');
  await once(publisher, 'listening');
});
afterAll(() => new Promise((resolve) => publisher.close(resolve)));
beforeEach(async () => {
  fresh = await freshDatabase();
  vi.stubEnv('DATABASE_URL', fresh.url);
  await run('key', 'rotate');
});
afterEach(async () => {
  vi.useRealTimers();
  await fresh.drop();
});

type Finding = { readonly check: string; readonly state: string; readonly detail: string };

async function examined(): Promise<{ readonly code: number; readonly findings: readonly Finding[] }> {
  const { code, out } = await run('doctor', '--json');
  const { healthy, findings } = JSON.parse(out);
  expect(healthy).toBe(code === 0);
  return { code, findings };
}
const wrongIn = ({ findings }: { readonly findings: readonly Finding[] }) =>
  findings.filter(({ state }) => state === 'wrong').map(({ check, detail }) => `${check}: ${detail}`);
const change = (statement: string) => withConnection(fresh.url, (sql) => sql.unsafe(statement));

it('finds nothing wrong with a service that could serve, and says so in words', async () => {
  const { code, out } = await run('doctor');
  expect(code).toBe(0);
  expect(out).toMatch(/ok +database +PostgreSQL \d+\.\d+ answers/);
  expect(out).toMatch(/ok +signing key +\S+ signs by ES256/);
  expect(out).toMatch(/ok +contents +0 clients, /);
  expect(out).not.toContain('WRONG');
});

it('is there with --help', async () => {
  expect((await run('doctor', '--help')).out).toContain('--json');
});

it('tells everything that is wrong with the configuration, and looks no further', async () => {
  vi.stubEnv('PORT', 'many');
  vi.stubEnv('HEADWATER_SETTINGS', line.path('gone.json'));
  const result = await examined();
  vi.stubEnv('PORT', '');
  vi.stubEnv('HEADWATER_SETTINGS', '');
  expect(wrongIn(result)).toEqual([
    expect.stringMatching(/^configuration: PORT: expected a port/),
    expect.stringMatching(/^configuration: HEADWATER_SETTINGS: .*cannot be read/),
  ]);
  expect([result.code, result.findings]).toEqual([1, expect.toSatisfy((all) => all.length === 2)]);
});

it('tells that the database cannot be reached, without its password', async () => {
  vi.stubEnv('DATABASE_URL', 'postgres://user:hush@127.0.0.1:1/none');
  const { code, out } = await run('doctor', '--json');
  expect(code).toBe(1);
  expect(out).toContain('ECONNREFUSED');
  expect(out).not.toContain('hush');
});

it('tells which migrations are missing', async () => {
  await change(
    'delete from drizzle.__drizzle_migrations where id = (select max(id) from drizzle.__drizzle_migrations)',
  );
  expect(wrongIn(await examined())).toEqual([expect.stringMatching(/^migrations: \d{4}_\w+: run/)]);
});

it('tells that a database is empty', async () => {
  await change('drop schema drizzle cascade');
  expect(wrongIn(await examined())).toEqual([expect.stringContaining('0000_initial')]);
});

it('tells that there is no key, or none that our secret opens', async () => {
  vi.stubEnv('HEADWATER_KEY_SECRET', 'another secret, as long as one has to be');
  expect(wrongIn(await examined())).toEqual([expect.stringContaining('HEADWATER_KEY_SECRET')]);
  vi.stubEnv('HEADWATER_KEY_SECRET', 'a secret of the test, long enough to be one');
  await change('delete from signing_key');
  expect(wrongIn(await examined())).toEqual([expect.stringContaining('key rotate')]);
});

it('notices that no key will be left', async () => {
  await change(`update signing_key set retired_at = now() + interval '1 hour'`);
  const { code, findings } = await examined();
  expect(code).toBe(0);
  expect(findings).toContainEqual(
    expect.objectContaining({ state: 'notice', detail: expect.stringContaining('none is left to sign') }),
  );
});

it('tells that the clocks do not agree', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
  expect(wrongIn(await examined())).toEqual([expect.stringMatching(/^clock: (59|60|61) s ahead of/)]);
});

it('tells of an issuer whose keys cannot be had, and counts those that can', async () => {
  vi.stubEnv('HEADWATER_ISSUER', 'http://127.0.0.1:8080');
  const uri = `http://127.0.0.1:${(publisher.address() as AddressInfo).port}/jwks`;
  await run('issuer', 'trust', '--issuer', 'https://idp.example', '--jwks-uri', uri);
  published = { keys: [(await aKeyPair()).publicJwk] };
  const healthy = await examined();
  expect(healthy.findings).toContainEqual({
    check: 'issuers',
    state: 'good',
    detail: `https://idp.example: its keys at ${uri}: 1`,
  });
  published = { keys: [] };
  expect(wrongIn(await examined())).toEqual([expect.stringContaining('hold none')]);
  published = [];
  expect(wrongIn(await examined())).toEqual([expect.stringContaining('not-a-key-set')]);
  vi.stubEnv('HEADWATER_ISSUER', 'https://consent.example.org');
  expect(wrongIn(await examined())).toEqual([expect.stringContaining('refused-url')]);
});
