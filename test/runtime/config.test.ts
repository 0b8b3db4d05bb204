import { expect, test } from 'vitest';
import { readConfig, Secret } from '../../src/runtime/config.ts';

const secret = 'a secret that is long enough to be one';

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
  });
  expect(config.ok).toBe(false);
  if (config.ok) return;
  expect(config.failure.map(({ variable }) => variable).sort()).toEqual([
    'DATABASE_URL',
    'HEADWATER_KEY_SECRET',
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
  expect(readConfig({ HOST: '0.0.0.0' }).ok).toBe(false);
});

test('away from loopback the secret for signing keys is required', () => {
  const config = readConfig({ HEADWATER_ISSUER: 'https://consent.example.org' });
  expect(config).toMatchObject({ ok: false, failure: [{ variable: 'HEADWATER_KEY_SECRET' }] });
});

test('a secret does not print', () => {
  expect(`${new Secret('hush')}`).toBe('[secret]');
  expect(JSON.stringify({ secret: new Secret('hush') })).toBe('{"secret":"[secret]"}');
});
