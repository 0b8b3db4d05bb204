/** RFC 9068 §4: a signature is verified once, everything that may change is asked each time. */
import { createPublicKey } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { asInstant, type Instant, toEpochSeconds } from '../../../src/base/instant.ts';
import { createRecognizeToken } from '../../../src/protocols/authorization-server/recognize-token.ts';
import { aKeyPair, type KeyPair, signed } from '../../support/keys.ts';

const issuer = 'https://consent.example.org';
const at = asInstant(Date.parse('2026-10-01T10:00:00Z'));
let keys: KeyPair;
let asked: number;
let isPublished: boolean;

beforeEach(async () => {
  keys = await aKeyPair();
  asked = 0;
  isPublished = true;
});

const recognizing = () =>
  createRecognizeToken({
    issuer,
    keys: {
      verifier: async (kid: string, _: Instant) => {
        asked++;
        if (!isPublished || kid !== keys.kid) return undefined;
        const key = createPublicKey({ key: keys.publicJwk as never, format: 'jwk' });
        return { kid, algorithm: 'ES256', key: key as never };
      },
    },
  });

const aToken = (claims: object = {}) =>
  signed(
    keys,
    { iss: issuer, aud: issuer, jti: 'jti-1', exp: toEpochSeconds(at) + 300, ...claims },
    { typ: 'at+jwt' },
  );

test('the same text again is the same token', async () => {
  const recognize = recognizing();
  const token = await aToken();
  const first = await recognize(token, at);
  expect(first).toMatchObject({ ok: true, value: { id: 'jti-1', audience: issuer } });
  expect(await recognize(token, at)).toEqual(first);
  expect(asked).toBe(2);
});

test('what has expired is recognized no longer', async () => {
  const recognize = recognizing();
  const token = await aToken();
  await recognize(token, at);
  expect(await recognize(token, asInstant(at + 300_000))).toEqual({ ok: false, failure: 'expired' });
});

test('nor what a key signed that is not published any more', async () => {
  const recognize = recognizing();
  const token = await aToken();
  await recognize(token, at);
  isPublished = false;
  expect(await recognize(token, at)).toEqual({ ok: false, failure: 'unknown-key' });
});

test('a token that differs in one letter is another', async () => {
  const recognize = recognizing();
  const token = await aToken();
  await recognize(token, at);
  const last = token.at(-10) === 'A' ? 'B' : 'A';
  const changed = `${token.slice(0, -10)}${last}${token.slice(-9)}`;
  expect(await recognize(changed, at)).toEqual({ ok: false, failure: 'bad-signature' });
});
