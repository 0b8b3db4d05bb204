import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { it } from 'vitest';
import { sha256 } from '../../src/access/digest.ts';
import { keyedHash } from '../../src/protocols/authorization-server/hash.ts';

it('digests and keyed hashes are those of everybody else', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.string({ maxLength: 100 }),
      (text, secret) => {
        const digest = createHash('sha256').update(text).digest('base64url');
        const keyed = createHmac('sha256', secret).update(text).digest('base64url');
        return sha256(text) === digest && keyedHash(secret, text) === keyed;
      },
    ),
  );
});
