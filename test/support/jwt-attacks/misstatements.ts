/** What the holder of the right key can say that nobody should believe (RFC 7519 §4, RFC 7515 §4, RFC 8725 §3). */
import { encoded, genuine, type Members, type Statement, signedBy, signedText } from './statement.ts';

export type Misstatement = readonly [name: string, state: (of: Statement) => Promise<string>];

const withHeader = (name: string, header: Members): Misstatement => [
  name,
  (of) => genuine({ ...of, header: { ...of.header, ...header } }),
];
export const withClaims = (name: string, claims: Members): Misstatement => [
  name,
  (of) => genuine({ ...of, payload: { ...of.payload, ...claims } }),
];

const criticals: readonly Misstatement[] = [
  withHeader('an extension that is critical', { crit: ['urn:x'], 'urn:x': true }),
  withHeader('a critical header that is not there', { crit: ['urn:x'] }),
  withHeader('a registered header as critical', { crit: ['alg'] }),
  withHeader('nothing as critical', { crit: [] }),
  withHeader('a text as critical', { crit: 'b64' }),
  [
    'its payload as it is (RFC 7797)',
    async ({ header, payload, key }) => {
      const [head, body] = [
        JSON.stringify({ ...header, b64: false, crit: ['b64'] }),
        JSON.stringify(payload),
      ];
      const input = `${encoded(head)}.${body}`;
      return `${input}.${encoded(await signedBy(key, input))}`;
    },
  ],
  [
    'its payload elsewhere (RFC 7515 appendix F)',
    async (of) => {
      const [header, , signature] = (await genuine(of)).split('.');
      return `${header}..${signature}`;
    },
  ],
];

const kids: readonly Misstatement[] = [
  withHeader('an unknown kid', { kid: 'unknown' }),
  withHeader('a path for a kid', { kid: '../../key' }),
  withHeader('a number for a kid', { kid: 1 }),
  withHeader('null for a kid', { kid: null }),
  [
    'an array for a kid',
    ({ header, ...of }) => genuine({ ...of, header: { ...header, kid: [header['kid']] } }),
  ],
];

const payloads: readonly Misstatement[] = [
  ['a list for a payload', ({ header, key }) => signedText(key, JSON.stringify(header), '[]')],
  ['null for a payload', ({ header, key }) => signedText(key, JSON.stringify(header), 'null')],
  ['a text for a payload', ({ header, key }) => signedText(key, JSON.stringify(header), '"sub"')],
  ['no payload', ({ header, key }) => signedText(key, JSON.stringify(header), '')],
  ['half a payload', ({ header, key }) => signedText(key, JSON.stringify(header), '{"sub":')],
  [
    'a payload that is no UTF-8',
    ({ header, payload, key }) => {
      const text = JSON.stringify({ ...payload, note: 'NOTE' });
      const bytes = Buffer.from(text.replace('NOTE', '\u00ff'), 'latin1');
      return signedText(key, JSON.stringify(header), bytes);
    },
  ],
  [
    'a JWT for a payload',
    async (of) => signedText(of.key, JSON.stringify({ ...of.header, cty: 'JWT' }), await genuine(of)),
  ],
  // The last of two counts (RFC 7515 §4, RFC 7519 §4), here as in everything that reads it.
  [
    'a second alg',
    ({ header, payload, key }) =>
      signedText(key, `${JSON.stringify(header).slice(0, -1)},"alg":"none"}`, JSON.stringify(payload)),
  ],
  [
    'a second issuer',
    ({ header, payload, key }) =>
      signedText(
        key,
        JSON.stringify(header),
        `${JSON.stringify(payload).slice(0, -1)},"iss":"https://evil.example"}`,
      ),
  ],
  [
    'a second expiry',
    ({ header, payload, key }) =>
      signedText(key, JSON.stringify(header), `${JSON.stringify(payload).slice(0, -1)},"exp":1}`),
  ],
];

const issuers: readonly Misstatement[] = [
  withClaims('another issuer', { iss: 'https://evil.example' }),
  withClaims('no issuer', { iss: undefined }),
  withClaims('null for an issuer', { iss: null }),
  withClaims('a number for an issuer', { iss: 1 }),
  [
    'a list of its issuer',
    ({ payload, ...of }) => genuine({ ...of, payload: { ...payload, iss: [payload['iss']] } }),
  ],
  [
    'its issuer with a slash more',
    ({ payload, ...of }) => genuine({ ...of, payload: { ...payload, iss: `${String(payload['iss'])}/` } }),
  ],
];

/** Of any place but those that look no further than the row of the token. */
const audiences: readonly Misstatement[] = [
  withClaims('another audience', { aud: 'https://evil.example' }),
  withClaims('no audience', { aud: undefined }),
  withClaims('an audience of nobody', { aud: [] }),
  withClaims('a number for an audience', { aud: 1 }),
  withClaims('an object for an audience', { aud: {} }),
  ...(
    [
      ['its audience and another', (aud: unknown) => [aud, 'https://evil.example']],
      ['another audience and its own', (aud: unknown) => ['https://evil.example', aud]],
      ['a list in a list for an audience', (aud: unknown) => [[aud]]],
      ['its audience with a slash more', (aud: unknown) => `${String(aud)}/`],
      ['its audience in capitals', (aud: unknown) => String(aud).toUpperCase()],
      ['its audience and more in one text', (aud: unknown) => `${String(aud)} https://evil.example`],
    ] as const
  ).map(
    ([name, audience]): Misstatement => [
      name,
      ({ payload, ...of }) => genuine({ ...of, payload: { ...payload, aud: audience(payload['aud']) } }),
    ],
  ),
];

const inTime = (name: string, claim: string, value: (now: number) => unknown): Misstatement => [
  name,
  ({ payload, ...of }) => {
    // As text, since JSON.stringify would not write a number that is beyond all numbers.
    const now = Number(payload['iat']);
    const { [claim]: _, ...rest } = payload;
    const text = `${JSON.stringify(rest).slice(0, -1)},"${claim}":${String(value(now))}}`;
    return signedText(of.key, JSON.stringify(of.header), text);
  },
];

const expiries: readonly Misstatement[] = [
  withClaims('no expiry', { exp: undefined }),
  inTime('an expiry of a minute ago', 'exp', (now) => now - 60),
  inTime('an expiry in 1970', 'exp', () => 0),
  inTime('an expiry before 1970', 'exp', () => -1),
  inTime('a text for an expiry', 'exp', (now) => `"${now + 60}"`),
  inTime('null for an expiry', 'exp', () => 'null'),
  inTime('true for an expiry', 'exp', () => 'true'),
  inTime('a list for an expiry', 'exp', (now) => `[${now + 60}]`),
];

const endless: readonly Misstatement[] = [
  inTime('an expiry beyond all numbers', 'exp', () => '1e999'),
  inTime('an expiry beyond all dates', 'exp', () => '9e15'),
  inTime('an expiry in milliseconds', 'exp', (now) => now * 1000),
];

const beginnings: readonly Misstatement[] = [
  inTime('an nbf in an hour', 'nbf', (now) => now + 3600),
  inTime('a text for an nbf', 'nbf', (now) => `"${now}"`),
  inTime('an nbf beyond all numbers', 'nbf', () => '1e999'),
];

const signedLater: readonly Misstatement[] = [
  inTime('an iat in an hour', 'iat', (now) => now + 3600),
  inTime('a text for an iat', 'iat', (now) => `"${now}"`),
  inTime('an iat beyond all numbers', 'iat', () => '1e999'),
  inTime('null for an iat', 'iat', () => 'null'),
];

const names: readonly Misstatement[] = [
  withClaims('no jti', { jti: undefined }),
  withClaims('a number for a jti', { jti: 1 }),
  withClaims('null for a jti', { jti: null }),
  [
    'a list of its jti',
    ({ payload, ...of }) => genuine({ ...of, payload: { ...payload, jti: [payload['jti']] } }),
  ],
];

/** Whoever may have signed it. */
export const byAnybody: readonly Misstatement[] = [
  ...criticals,
  ...kids,
  ...payloads,
  ...issuers,
  ...expiries,
  ...beginnings,
  ...names,
];

/** Whom it is meant for; not asked where a row says so. */
export const toAnybody = audiences;

/** By somebody else: what we sign ourselves is bounded by what we write down. */
export const byOthers: readonly Misstatement[] = [...endless, ...signedLater];

export const withType = (typ: unknown): Misstatement => withHeader(`the typ ${JSON.stringify(typ)}`, { typ });
