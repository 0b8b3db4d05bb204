/** What somebody who never held the key can make of a genuine JWT and the public key (RFC 8725 §2, RFC 7515 §10). */
import { createHmac, createPublicKey, generateKeyPairSync, sign as nodeSign } from 'node:crypto';
import { EncryptJWT, importJWK, type JWK } from 'jose';
import { aKey, asJson, encoded, genuine, type Members, type Statement, signedText } from './statement.ts';

export type Forgery = readonly [name: string, forge: (of: Statement) => Promise<string> | string];

const noneSpelled = ['none', 'None', 'NONE', 'nOnE', '', null, undefined, ['none'], ['ES256'], 'es256'];

const unsigned: readonly Forgery[] = noneSpelled.flatMap((alg): readonly Forgery[] => [
  [`alg ${JSON.stringify(alg)} and no signature`, ({ header, payload }) => bare({ ...header, alg }, payload)],
  [
    `alg ${JSON.stringify(alg)} and the signature of before`,
    async (of) => `${bare({ ...of.header, alg }, of.payload)}${(await genuine(of)).split('.')[2]}`,
  ],
]);

const bare = (header: Members, payload: Members): string => `${asJson(header)}.${asJson(payload)}.`;

/** The forms in which everybody may have the public key. */
const secretsOf: Readonly<Record<string, (jwk: JWK) => string | Buffer>> = {
  PEM: (jwk) => publicKeyOf(jwk).export({ type: 'spki', format: 'pem' }),
  'PEM without its last line break': (jwk) => String(secretsOf['PEM']?.(jwk)).trimEnd(),
  DER: (jwk) => publicKeyOf(jwk).export({ type: 'spki', format: 'der' }),
  JWK: (jwk) => JSON.stringify(jwk),
  'a point': ({ x = '', y = '' }) =>
    Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]),
  x: ({ x = '' }) => x,
  kid: ({ kid = 'k' }) => kid,
};

const publicKeyOf = (jwk: JWK) => createPublicKey({ key: jwk as never, format: 'jwk' });

const keyed: readonly Forgery[] = ['256', '384', '512'].flatMap((bits) =>
  Object.entries(secretsOf).map(
    ([form, secretOf]): Forgery => [
      `HS${bits} with the public key as secret (${form})`,
      ({ header, payload, key }) => {
        const input = `${asJson({ ...header, alg: `HS${bits}` })}.${asJson(payload)}`;
        const mac = createHmac(`sha${bits}`, secretOf(key.publicJwk)).update(input).digest();
        return `${input}.${encoded(mac)}`;
      },
    ],
  ),
);

const kids: readonly (readonly [string, unknown])[] = [
  ['the kid of before', 'kept'],
  ['no kid', undefined],
  ['an unknown kid', 'unknown'],
  ['a path for a kid', '../../../../../../dev/null'],
  ['SQL for a kid', "x' union select 'AAAA' --"],
  ['a command for a kid', '$(id)|/bin/sh'],
  ['a kid with NUL', 'a\u0000b'],
  ['a kid of half a character', '\ud800'],
  ['a kid without end', 'k'.repeat(100_000)],
  ['a kid of every object', '__proto__'],
  ['an array for a kid', ['kept']],
  ['an object for a kid', { toString: 'kept' }],
  ['a number for a kid', 0],
  ['null for a kid', null],
];

const ofAnotherKey: readonly Forgery[] = kids.map(([name, kid]) => [
  `another key and ${name}`,
  async ({ header, payload }) => {
    const own = header['kid'];
    const claimed = kid === 'kept' ? own : Array.isArray(kid) ? [own] : kid;
    return await signedText(
      await aKey(),
      JSON.stringify({ ...header, kid: claimed }),
      JSON.stringify(payload),
    );
  },
]);

/** Headers that offer the key along with what it signed (RFC 7515 §4.1.2 to §4.1.8). */
const keysAlong: readonly (readonly [string, (jwk: JWK) => Members])[] = [
  ['jwk', (jwk) => ({ jwk })],
  ['jwk with the kid of before', (jwk) => ({ jwk: { ...jwk, kid: 'kept' } })],
  ['jku', () => ({ jku: 'https://attacker.example/jwks.json' })],
  ['jku of a file', () => ({ jku: 'file:///etc/passwd' })],
  ['jku of this very host', () => ({ jku: 'http://169.254.169.254/latest' })],
  ['x5u', () => ({ x5u: 'https://attacker.example/chain.pem' })],
  ['x5c', (jwk) => ({ x5c: [publicKeyOf(jwk).export({ type: 'spki', format: 'der' }).toString('base64')] })],
  ['x5t', () => ({ x5t: 'AAAA', 'x5t#S256': 'AAAA' })],
];

const bringingKeys: readonly Forgery[] = keysAlong.flatMap(([name, members]) =>
  [true, false].map(
    (withKid): Forgery => [
      `a key brought along in ${name}${withKid ? '' : ', without a kid'}`,
      async ({ header, payload }) => {
        const key = await aKey();
        const { kid, ...rest } = header;
        const claimed = { ...rest, ...(withKid ? { kid } : {}), ...members(key.publicJwk) };
        return await signedText(key, JSON.stringify(claimed), JSON.stringify(payload));
      },
    ],
  ),
);

const otherKinds: readonly Forgery[] = (
  [
    ['RS256', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, 'sha256'],
    ['EdDSA', generateKeyPairSync('ed25519').privateKey, null],
    ['ES384', generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey, 'sha384'],
    ['ES256K', generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey, 'sha256'],
  ] as const
).map(([alg, key, hash]) => [
  `${alg} under the kid of before`,
  ({ header, payload }) => {
    const input = `${asJson({ ...header, alg })}.${asJson(payload)}`;
    const signature = nodeSign(hash, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
    return `${input}.${encoded(signature)}`;
  },
]);

const orderOfP256 = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
const one = Buffer.alloc(32, 0).fill(1, 31);
const zero = Buffer.alloc(32, 0);

const signatures: readonly (readonly [string, (good: Buffer) => Uint8Array | string])[] = [
  ['of r = s = 0', () => Buffer.concat([zero, zero])],
  ['of r = 0', (good) => Buffer.concat([zero, good.subarray(32)])],
  ['of s = 0', (good) => Buffer.concat([good.subarray(0, 32), zero])],
  ['of r = s = n', () => Buffer.concat([orderOfP256, orderOfP256])],
  ['of r = s = 1', () => Buffer.concat([one, one])],
  ['of nothing', () => ''],
  ['without its last byte', (good) => good.subarray(0, 63)],
  ['without its first half', (good) => good.subarray(32)],
  ['with a byte more', (good) => Buffer.concat([good, Buffer.of(0)])],
  ['twice', (good) => Buffer.concat([good, good])],
  ['with one bit turned', (good) => good.map((byte, at) => (at === 5 ? byte ^ 1 : byte))],
];

const spoiltSignatures: readonly Forgery[] = signatures.map(([name, spoil]) => [
  `a signature ${name}`,
  async (of) => {
    const [header, payload, signature = ''] = (await genuine(of)).split('.');
    return `${header}.${payload}.${encoded(spoil(Buffer.from(signature, 'base64url')))}`;
  },
]);

const reshaped: readonly (readonly [string, (parts: readonly [string, string, string]) => string])[] = [
  ['no third part', ([header, payload]) => `${header}.${payload}`],
  ['no payload', ([header, , signature]) => `${header}..${signature}`],
  ['a fourth part', (parts) => `${parts.join('.')}.${parts[2]}`],
  ['half of it', (parts) => parts.join('.').slice(0, 120)],
  ['flattened JSON serialization', ([header, payload, signature]) => flattened(header, payload, signature)],
  [
    'general JSON serialization',
    ([header, payload, signature]) =>
      JSON.stringify({ payload, signatures: [{ protected: header, signature }] }),
  ],
  ['a list of it', (parts) => JSON.stringify([parts.join('.')])],
  ['it twice', (parts) => `${parts.join('.')},${parts.join('.')}`],
  ['the payload changed', ([header, , signature]) => `${header}.${asJson({ sub: 'root' })}.${signature}`],
  ['another alphabet', (parts) => parts.join('.').replaceAll(/[-_]/g, '+').concat('+')],
  ['line breaks within', (parts) => parts.join('.\n')],
  ['a space within', (parts) => parts.join('. ')],
  ['padding', (parts) => `${parts.join('.')}==`],
  ['padding within', (parts) => parts.join('=.')],
  ['NUL behind', (parts) => `${parts.join('.')}\u0000`],
  ['a line break behind', (parts) => `${parts.join('.')}\n`],
  ['a scheme before', (parts) => `Bearer ${parts.join('.')}`],
  ['nested in another', (parts) => `${asJson({ alg: 'none', cty: 'JWT' })}.${encoded(parts.join('.'))}.`],
];

const flattened = (header: string, payload: string, signature: string): string =>
  JSON.stringify({ protected: header, payload, signature });

const otherShapes: readonly Forgery[] = reshaped.map(([name, reshape]) => [
  `a genuine one with ${name}`,
  async (of) => {
    const [header = '', payload = '', signature = ''] = (await genuine(of)).split('.');
    return reshape([header, payload, signature]);
  },
]);

const encrypted: readonly Forgery[] = [
  [
    'encrypted to the public key',
    async ({ payload, key }) =>
      await new EncryptJWT(payload)
        .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' })
        .encrypt(await importJWK({ ...key.publicJwk, alg: 'ECDH-ES' }, 'ECDH-ES')),
  ],
  ['five parts', ({ header, payload }) => `${asJson(header)}.${asJson(payload)}.AA.AA.AA`],
];

const deep = '['.repeat(100_000) + ']'.repeat(100_000);
const nonsense: readonly Forgery[] = [
  ...['.', '..', '...', 'null', '{}', 'e30.e30.e30', 'bnVsbA.bnVsbA.', '\u{1f511}'],
].map((text) => [`the text ${JSON.stringify(text)}`, () => text]);

const huge: readonly Forgery[] = [
  [
    'a payload as deep as it goes',
    ({ header }) => `${asJson(header)}.${encoded(`{"sub":${deep}}`)}.${'A'.repeat(86)}`,
  ],
  [
    'a header as deep as it goes',
    ({ payload }) => `${encoded(`{"alg":"ES256","kid":${deep}}`)}.${asJson(payload)}.${'A'.repeat(86)}`,
  ],
  ['half a million dots', () => '.'.repeat(500_000)],
  [
    'a megabyte',
    ({ header }) => `${asJson(header)}.${asJson({ sub: 'x'.repeat(1024 * 1024) })}.${'A'.repeat(86)}`,
  ],
];

export const forgeries: readonly Forgery[] = [
  ...unsigned,
  ...keyed,
  ...ofAnotherKey,
  ...bringingKeys,
  ...otherKinds,
  ...spoiltSignatures,
  ...otherShapes,
  ...encrypted,
  ...nonsense,
  ...huge,
];
