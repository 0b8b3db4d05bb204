import { jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { createKeySetOf } from '../../../src/protocols/authorization-server/key-set.ts';
import { aKeyPair, signed } from '../../support/keys.ts';

test('keys are imported once; whoever changed theirs is verified with the new ones alone', async () => {
  const keySetOf = createKeySetOf();
  const [before, after] = [await aKeyPair(), await aKeyPair()];
  const token = await signed(before, { sub: 'ann' });
  expect(keySetOf([before.publicJwk])).toBe(keySetOf([{ ...before.publicJwk }]));
  await expect(jwtVerify(token, keySetOf([before.publicJwk]))).resolves.toMatchObject({
    payload: { sub: 'ann' },
  });
  await expect(jwtVerify(token, keySetOf([after.publicJwk]))).rejects.toThrow();
  const renamed = { ...after.publicJwk, kid: before.publicJwk.kid };
  await expect(jwtVerify(token, keySetOf([renamed as typeof after.publicJwk]))).rejects.toThrow();
});
