/** One attack of each kind, for doors behind which the same code looks as behind the doors that meet them all. */
import { type Forgery, forgeries } from './forgeries.ts';
import { byAnybody, byOthers, type Misstatement, toAnybody, withType } from './misstatements.ts';

const forged = [
  'alg "none" and no signature',
  'alg "none" and the signature of before',
  'HS256 with the public key as secret (PEM)',
  'another key and the kid of before',
  'another key and no kid',
  'another key and a path for a kid',
  'a key brought along in jwk',
  'a key brought along in jku',
  'a key brought along in x5u',
  'a key brought along in x5c',
  'RS256 under the kid of before',
  'a signature with one bit turned',
  'a signature of nothing',
  'a genuine one with the payload changed',
  'a genuine one with nested in another',
  'encrypted to the public key',
  'a megabyte',
];

const misstated = [
  'an extension that is critical',
  'an unknown kid',
  'a JWT for a payload',
  'another issuer',
  'no expiry',
  'an expiry of a minute ago',
  'an nbf in an hour',
  'no jti',
];

/** Whoever may have signed it, and whatever its type. */
export const forgeriesOneOfEach: readonly Forgery[] = named(forgeries, forged);
export const misstatementsOneOfEach: readonly Misstatement[] = [
  ...named(byAnybody, misstated),
  ...named(toAnybody, ['another audience', 'another audience and its own']),
  withType('logout+jwt'),
];

/** By somebody else than ourselves. */
export const misstatementsOfOthers: readonly Misstatement[] = [
  ...misstatementsOneOfEach,
  ...named(byOthers, ['an expiry beyond all numbers', 'an iat in an hour']),
];

function named<Attack extends readonly [name: string, ...rest: unknown[]]>(
  attacks: readonly Attack[],
  names: readonly string[],
): readonly Attack[] {
  return names.map((name) => {
    const found = attacks.find((attack) => attack[0] === name);
    if (!found) throw new Error(`no attack is called ${name}`);
    return found;
  });
}
