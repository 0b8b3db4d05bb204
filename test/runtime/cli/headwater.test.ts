/** The command line (interfaces.md, Command line), run as an operator runs it, against a database of its own. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { calculateJwkThumbprint, importJWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { headwater } from '../../../src/runtime/cli/headwater.ts';
import { freshDatabase, type TestDatabase, withConnection } from '../../support/database.ts';
import { aKeyPair } from '../../support/keys.ts';

const launcher = fileURLToPath(new URL('../../../src/runtime/launch.mjs', import.meta.url));

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await freshDatabase();
  folder = await mkdtemp(join(tmpdir(), 'headwater-cli-'));
  vi.stubEnv('DATABASE_URL', database.url);
  vi.stubEnv('HEADWATER_DATA_DIR', join(folder, 'data'));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
  await database.drop();
});

type Ended = { readonly code: number; readonly out: string; readonly complaint: string };

async function run(...args: readonly string[]): Promise<Ended> {
  const [printed, complained]: [string[], string[]] = [[], []];
  const streams = {
    print: (text: string) => void printed.push(text),
    complain: (text: string) => void complained.push(text),
  };
  const code = await headwater(args, streams);
  return { code, out: printed.join(''), complaint: complained.join('') };
}

const file = (name: string): string => join(folder, name);
const json = ({ out }: Ended) => JSON.parse(out);

describe('client', () => {
  it('create with a generated key prints the client and writes the key for its owner alone', async () => {
    const given = [
      '--name',
      'an app',
      '--generate-key',
      file('key.json'),
      '--scope',
      'patient/Consent.cruds decision',
    ];
    const limits = ['--patient', 'Patient/ann', '--organization', 'Organization/a', '--may', 'file,activate'];
    const created = await run(
      'client',
      'create',
      ...given,
      ...limits,
      '--grant',
      'client_credentials,uma-ticket',
    );
    expect(created.complaint).toBe('');
    const client = json(created);
    expect(client).toMatchObject({
      client_id: expect.stringMatching(/^[\da-f-]{36}$/),
      name: 'an app',
      grants: ['client_credentials', 'urn:ietf:params:oauth:grant-type:uma-ticket'],
      scopes: ['patient/Consent.cruds', 'decision'],
      patients: ['Patient/ann'],
      organizations: ['Organization/a'],
      may: ['file', 'activate'],
    });
    expect((await stat(file('key.json'))).mode & 0o777).toBe(0o600);
    const key = JSON.parse(await readFile(file('key.json'), 'utf8'));
    await importJWK(key, 'ES256');
    expect(key).toMatchObject({
      d: expect.any(String),
      kid: await calculateJwkThumbprint(key),
      alg: 'ES256',
    });
    expect(client.jwks.keys).toEqual([expect.objectContaining({ kid: key.kid })]);
    expect(JSON.stringify(client)).not.toContain(key.d);
  });

  it('create never writes over a key', async () => {
    await writeFile(file('mine.json'), 'mine');
    const { code, complaint } = await run(
      'client',
      'create',
      '--name',
      'x',
      '--generate-key',
      file('mine.json'),
    );
    expect(code).toBe(2);
    expect(complaint).toContain('exists already');
    expect(await readFile(file('mine.json'), 'utf8')).toBe('mine');
  });

  it('create leaves no key behind when the client was refused, and says everything that is wrong', async () => {
    const given = ['--generate-key', file('refused.json'), '--grant', 'password', '--patient', 'ann'];
    const { code, complaint } = await run('client', 'create', ...given);
    expect(code).toBe(2);
    expect(complaint).toMatch(/--name: .*--grant: .*--patient: /);
    await expect(stat(file('refused.json'))).rejects.toThrow('ENOENT');
  });

  it('create takes a public key set, and refuses a private one', async () => {
    await writeFile(file('public.json'), JSON.stringify({ keys: [(await aKeyPair()).publicJwk] }));
    const good = ['--name', 'server', '--jwks', file('public.json'), '--resource', 'https://as.example'];
    expect(json(await run('client', 'create', ...good))).toMatchObject({
      resource: 'https://as.example',
    });
    const bad = await run('client', 'create', '--name', 'x', '--jwks', file('key.json'));
    expect([bad.code, bad.complaint]).toEqual([2, expect.stringContaining('private key')]);
    expect(bad.complaint).not.toContain(JSON.parse(await readFile(file('key.json'), 'utf8')).d);
  });

  it('create draws a secret, prints it this once and keeps its hash alone', async () => {
    const given = ['--name', 'a server', '--secret', '--token-format', 'opaque', '--asynchronous-approval'];
    const created = json(await run('client', 'create', ...given));
    expect(created).toMatchObject({ tokenFormat: 'opaque', asynchronousApproval: true, jwks: { keys: [] } });
    expect(created.client_secret).toMatch(/^[\w-]{43}$/);
    const listed = (await run('client', 'list', '--json')).out;
    expect(listed).toContain(created.client_id);
    expect(listed).not.toContain(created.client_secret);
    expect(listed).not.toContain('secretHash');
  });

  it('create registers an app of a patient', async () => {
    const uris = ['--redirect-uri', 'https://app.example/back', '--redirect-uri', 'com.example.app:/back'];
    const given = ['--name', 'an app', '--public', '--grant', 'code,refresh,uma-ticket', ...uris];
    const claims = ['--claims-redirect-uri', 'https://app.example/claims'];
    expect(json(await run('client', 'create', ...given, ...claims))).toMatchObject({
      grants: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:uma-ticket'],
      redirectUris: ['https://app.example/back', 'com.example.app:/back'],
      claimsRedirectUris: ['https://app.example/claims'],
    });
    const elsewhere = ['--jwks-uri', 'https://app.example/jwks', '--grant', 'code', ...uris];
    expect(json(await run('client', 'create', '--name', 'x', ...elsewhere))).toMatchObject({
      jwksUri: 'https://app.example/jwks',
    });
  });

  it('create says by its options what does not go together', async () => {
    const { code, complaint } = await run(
      'client',
      'create',
      '--name',
      'x',
      '--public',
      '--redirect-uri',
      'x:/',
    );
    expect(code).toBe(2);
    expect(complaint).toMatch(/--grant: expected .*; --redirect-uri: |--redirect-uri: .*; --grant: /);
  });

  it.each([
    ['two proofs', ['--secret', '--public']],
    ['neither key nor key set', []],
    ['both', ['--jwks', 'a', '--generate-key', 'b']],
    ['a file that is not there', ['--jwks', '/nonexistent']],
    ['an unknown option', ['--surprise']],
  ])('create refuses %s', async (_, args) => {
    expect((await run('client', 'create', '--name', 'x', ...args)).code).toBe(2);
  });

  it('list shows them, for people and for programs; disable is there to see', async () => {
    const [first] = json(await run('client', 'list', '--json'));
    expect((await run('client', 'list')).out).toContain(first.client_id);
    expect(json(await run('client', 'disable', first.client_id, '--json'))).toEqual({
      client_id: first.client_id,
      disabled: true,
    });
    expect(json(await run('client', 'list', '--json'))[0].disabledAt).toBeDefined();
    expect((await run('client', 'disable', 'nobody')).code).toBe(2);
  });
});

describe('key', () => {
  it('rotate makes one that signs at once when there was none, and later when there was', async () => {
    expect(json(await run('key', 'rotate', '--json')).state).toBe('signing');
    expect(json(await run('key', 'rotate', '--json')).state).toBe('published, signs later');
    expect(json(await run('key', 'rotate', '--now', '--json')).state).toBe('signing');
    const states = json(await run('key', 'list', '--json')).map(
      ({ state }: { readonly state: string }) => state,
    );
    expect(states.filter((state: string) => state === 'signing')).toHaveLength(1);
  });

  it('rotate makes one of the algorithm that is asked for, and knows what it can make', async () => {
    expect(json(await run('key', 'rotate', '--now', '--alg', 'EdDSA', '--json')).alg).toBe('EdDSA');
    expect(json(await run('key', 'rotate', '--now', '--json')).alg).toBe('EdDSA');
    const refused = await run('key', 'rotate', '--alg', 'HS256');
    expect([refused.code, refused.complaint]).toEqual([2, expect.stringContaining('ES256, EdDSA, RS256')]);
    expect(json(await run('key', 'rotate', '--now', '--alg', 'ES256', '--json')).alg).toBe('ES256');
  });

  it('retire ends a key that has a successor, and no other', async () => {
    const { kid } = json(await run('key', 'rotate', '--now', '--json'));
    const refused = await run('key', 'retire', kid);
    expect([refused.code, refused.complaint]).toEqual([2, expect.stringContaining('key rotate')]);
    expect((await run('key', 'retire', 'unknown')).code).toBe(2);
    expect((await run('key', 'retire')).code).toBe(2);
    await withConnection(
      database.url,
      (sql) => sql`insert into signing_key
        select 'older', public_jwk, sealed, created_at, active_from - interval '1 hour', null
        from signing_key where kid = ${kid}`,
    );
    expect(json(await run('key', 'retire', 'older', '--json'))).toMatchObject({
      kid: 'older',
      state: 'retired',
    });
    expect((await run('key', 'retire', 'older')).code).toBe(2);
  });

  it('list prints nothing of the private part', async () => {
    expect((await run('key', 'list', '--json')).out).not.toMatch(/"d"|sealed/);
  });
});

describe('issuer', () => {
  const publishing = ['--issuer', 'https://idp.example', '--jwks-uri'];

  it('trust remembers keys and client ids, and replaces what it knew', async () => {
    await writeFile(file('idp.json'), JSON.stringify((await aKeyPair()).publicJwk));
    const given = ['--issuer', 'https://idp.example', '--jwks', file('idp.json')];
    await run('issuer', 'trust', ...given, '--client', 'ours=a=b');
    expect(json(await run('issuer', 'list', '--json'))).toMatchObject([
      { issuer: 'https://idp.example', clients: { ours: 'a=b' }, jwks: { keys: [{ kty: 'EC' }] } },
    ]);
    await run('issuer', 'trust', ...given);
    expect(json(await run('issuer', 'list', '--json'))).toMatchObject([{ clients: {} }]);
  });

  it('trust remembers where an issuer publishes its keys, and forgets those on file', async () => {
    await run('issuer', 'trust', ...publishing, 'https://idp.example/jwks');
    const [trusted, ...others] = json(await run('issuer', 'list', '--json'));
    expect(others).toEqual([]);
    expect(trusted).toEqual({
      issuer: 'https://idp.example',
      jwks_uri: 'https://idp.example/jwks',
      clients: {},
    });
    expect((await run('issuer', 'list')).out).toContain('https://idp.example/jwks');
  });

  it.each([
    ['no issuer', ['--jwks', 'x']],
    ['an issuer that is no URL', ['--issuer', 'idp', '--jwks', 'x']],
    ['no keys', ['--issuer', 'https://idp.example']],
    ['both kinds of keys', [...publishing, 'https://idp.example/jwks', '--jwks', 'x']],
    ['keys that come unprotected', [...publishing, 'http://idp.example/jwks']],
    ['keys inside our network', [...publishing, 'https://10.0.0.1/jwks']],
    ['keys behind a password', [...publishing, 'https://user:password@idp.example/jwks']],
  ])('trust refuses %s', async (_, args) => {
    expect((await run('issuer', 'trust', ...args)).code).toBe(2);
  });
});

it('migrate brings the database to this version, and says so as asked', async () => {
  expect(json(await run('migrate', '--json'))).toEqual({ migrated: true });
  expect((await run('migrate')).out).toContain('schema of this version');
});

describe('help', () => {
  it('is there for every command', async () => {
    const { out } = await run('--help');
    const commands = [...out.matchAll(/^ {2}(\w+(?: \w+)?) {2}/gm)].map(([, words = '']) => words);
    expect(commands).toEqual(
      expect.arrayContaining(['client create', 'key rotate', 'issuer trust', 'migrate']),
    );
    const pages = await Promise.all(commands.map((words) => run(...words.split(' '), '--help')));
    for (const { code, out: page } of pages)
      expect([code, page]).toEqual([0, expect.stringContaining('--json')]);
  });

  it('is offered for a command that is none', async () => {
    const { code, complaint } = await run('client', 'destroy');
    expect([code, complaint]).toEqual([2, expect.stringContaining('client create')]);
  });
});

it('the launcher passes arguments, output and exit code on', async () => {
  const launched = (...args: readonly string[]) =>
    promisify(execFile)(process.execPath, [launcher, 'headwater', ...args]);
  expect((await launched('client', 'create', '--help')).stdout).toContain('usage: headwater client create');
  await expect(launched('client', 'destroy')).rejects.toMatchObject({ code: 2, stdout: '' });
});
