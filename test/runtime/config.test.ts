import { expect, test } from 'vitest';
import { knowsAddresses, readConfig as read, Secret, type Surroundings } from '../../src/runtime/config.ts';

const secret = 'a secret that is long enough to be one';

const here: Surroundings = { required: [], readSettings: (text) => text };
const readConfig = (env: Readonly<Record<string, unknown>>, surroundings = here) => read(env, surroundings);

/** The names of what is refused. */
function refused(env: Readonly<Record<string, unknown>>, surroundings = here): readonly string[] {
  const config = readConfig(env, surroundings);
  return config.ok ? [] : config.failure.map(({ variable }) => variable).sort();
}

test('an empty environment serves on loopback with the embedded database', () => {
  const config = readConfig({});
  expect(config).toMatchObject({
    ok: true,
    value: {
      port: 8080,
      host: '127.0.0.1',
      issuer: 'http://127.0.0.1:8080',
      databaseUrl: undefined,
      dataDir: '.headwater',
    },
  });
});

test('every problem is reported at once, by the name of its variable', () => {
  const config = readConfig({
    PORT: 'eighty',
    DATABASE_URL: 'mysql://x',
    LOG_LEVEL: 'loud',
    HEADWATER_KEY_SECRET: 'short',
    HEADWATER_SETTINGS: '{"implicitPolicy": "maybe"}',
    HOST: '0.0.0.0',
  });
  expect(config.ok).toBe(false);
  if (config.ok) return;
  expect(config.failure.map(({ variable }) => variable).sort()).toEqual([
    'DATABASE_URL',
    'HEADWATER_ISSUER',
    'HEADWATER_KEY_SECRET',
    'HEADWATER_SETTINGS',
    'LOG_LEVEL',
    'PORT',
  ]);
  for (const { expected } of config.failure) expect(expected).not.toBe('');
});

test.each([
  'http://consent.example.org',
  'http://127.0.0.1.example.org',
  'http://localhost.example.org',
  'https://consent.example.org/',
  'https://consent.example.org?tenant=1',
  'https://user:password@consent.example.org',
  'https://:password@consent.example.org',
  'https://consent.example.org?',
  'https://consent.example.org#',
  ' https://consent.example.org',
  'https://consent.example.org/a b',
  'https://Consent.example.org',
  'https://consent.example.org:443',
  'https://consent.example.org/a/../b',
  'consent.example.org',
  'javascript:alert(1)',
])('the issuer %s is refused', (issuer) => {
  expect(readConfig({ HEADWATER_ISSUER: issuer, HEADWATER_KEY_SECRET: secret }).ok).toBe(false);
});

test.each([
  'http://localhost:3000',
  'http://127.0.0.1:3000',
  'http://[::1]:3000',
  'https://consent.example.org/a',
])('the issuer %s is accepted', (issuer) => {
  expect(readConfig({ HEADWATER_ISSUER: issuer, HEADWATER_KEY_SECRET: secret }).ok).toBe(true);
});

test('listening on every address without an https issuer is refused', () => {
  expect(refused({ HOST: '0.0.0.0', HEADWATER_KEY_SECRET: secret })).toEqual(['HEADWATER_ISSUER']);
  expect(refused({ HOST: '0.0.0.0', HEADWATER_ISSUER: 'http://localhost:8080' })).toEqual(['HOST']);
  const issuer = 'https://consent.example.org';
  expect(refused({ HOST: '0.0.0.0', HEADWATER_ISSUER: issuer, HEADWATER_KEY_SECRET: secret })).toEqual([]);
});

test.each(['localhost', '127.0.0.2', '::1'])('listening on %s takes an http issuer', (host) => {
  expect(refused({ HOST: host })).toEqual([]);
});

test.each(['a b', 'example.org:80', '::g'])('the host `%s` is refused', (host) => {
  expect(refused({ HOST: host })).toContain('HOST');
});

test.each([
  'postgres://app:secret@db.example.org:99999/app',
  'postgres://app:secret@db.example.org:port/app',
  'postgres://app:50%off@db.example.org/app',
  'postgres://app:a/b@db.example.org/app',
  'db.example.org',
])('the database `%s` is refused, and not printed', (url) => {
  const config = readConfig({ DATABASE_URL: url });
  expect(config).toMatchObject({ ok: false, failure: [{ variable: 'DATABASE_URL' }] });
  expect(JSON.stringify(config)).not.toContain(url);
});

test.each([
  'postgres://app:50%25off@db.example.org:5432/app?sslmode=require',
  'postgresql://app@a.example.org:5432,b.example.org:5433/app',
])('the database `%s` is accepted', (url) => {
  expect(refused({ DATABASE_URL: url })).toEqual([]);
});

test('settings are read, and what is wrong with them is told', () => {
  const settings = readConfig({ HEADWATER_SETTINGS: '{"timezone": "Europe/Berlin"}' });
  expect(settings).toMatchObject({ ok: true, value: { settings: { timezone: 'Europe/Berlin' } } });
  for (const [text, told] of [
    ['{"timezone": "Berlin"}', '`timezone` must be'],
    ['{"timezon": "UTC"}', 'timezon'],
    ['{', 'not JSON'],
  ] as const) {
    const config = readConfig({ HEADWATER_SETTINGS: text });
    expect(config).toMatchObject({
      ok: false,
      failure: [{ variable: 'HEADWATER_SETTINGS', expected: expect.stringContaining(told) }],
    });
  }
});

test('settings that cannot be read are refused', () => {
  const readSettings = (): string => {
    throw new Error('ENOENT');
  };
  expect(refused({}, { ...here, readSettings })).toEqual([]);
  expect(refused({ HEADWATER_SETTINGS: 'gone.json' }, { ...here, readSettings })).toEqual([
    'HEADWATER_SETTINGS',
  ]);
});

test('what has no default in its surroundings is required', () => {
  const worker: Surroundings = { ...here, required: ['HEADWATER_ISSUER', 'HEADWATER_KEY_SECRET'] };
  expect(refused({}, worker)).toEqual(['HEADWATER_ISSUER', 'HEADWATER_KEY_SECRET']);
  expect(refused({ HEADWATER_ISSUER: 'http://localhost', HEADWATER_KEY_SECRET: secret }, worker)).toEqual([]);
});

test('away from loopback the secret for signing keys is required', () => {
  const config = readConfig({ HEADWATER_ISSUER: 'https://consent.example.org' });
  expect(config).toMatchObject({ ok: false, failure: [{ variable: 'HEADWATER_KEY_SECRET' }] });
});

test('a secret does not print', () => {
  expect(`${new Secret('hush')}`).toBe('[secret]');
  expect(JSON.stringify({ secret: new Secret('hush') })).toBe('{"secret":"[secret]"}');
});

test('limits and proxies are numbers, with limits that hurt nobody when absent', () => {
  const usual = readConfig({}, here);
  expect(usual).toMatchObject({
    ok: true,
    value: { limits: { failures: 100, requests: 60_000, visits: 120 }, proxies: undefined },
  });
  const given = readConfig(
    { HEADWATER_PROXIES: '1', HEADWATER_FAILURES_PER_MINUTE: '7', HEADWATER_VISITS_PER_MINUTE: '8' },
    here,
  );
  expect(given).toMatchObject({
    ok: true,
    value: { limits: { failures: 7, requests: 60_000, visits: 8 }, proxies: 1 },
  });
  const bad = {
    HEADWATER_PROXIES: '-1',
    HEADWATER_FAILURES_PER_MINUTE: '0',
    HEADWATER_REQUESTS_PER_MINUTE: 'many',
    HEADWATER_VISITS_PER_MINUTE: '1.5',
  };
  expect(refused(bad)).toEqual(Object.keys(bad).sort());
});

test('addresses are known on this machine, and behind as many proxies as were told', () => {
  expect(knowsAddresses({ issuer: 'http://127.0.0.1:8080', proxies: undefined })).toBe(true);
  expect(knowsAddresses({ issuer: 'https://consent.example.org', proxies: undefined })).toBe(false);
  expect(knowsAddresses({ issuer: 'https://consent.example.org', proxies: 0 })).toBe(true);
});
