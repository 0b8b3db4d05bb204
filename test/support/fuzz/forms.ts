/** Forms and queries for the authorization server: parameters taken away, doubled, renamed, damaged; claims signed and wrong. */
import fc from 'fast-check';
import { type Damage, damaged, damages } from './damage.ts';
import { headers, type Knock, mediaTypes, mutations, orNone } from './knock.ts';
import { often, one } from './request.ts';
import { anyText } from './values.ts';

type Form = readonly (readonly [name: string, value: string])[];

const assertion: Form = [
  ['client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'],
  ['client_assertion', '{assertion}'],
];
const ticketGrant: Form = [
  ...assertion,
  ['grant_type', 'urn:ietf:params:oauth:grant-type:uma-ticket'],
  ['ticket', '{ticket}'],
  ['claim_token', '{claims}'],
  ['claim_token_format', 'http://openid.net/specs/openid-connect-core-1_0.html#IDToken'],
];
const authorization: Form = [
  ['response_type', 'code'],
  ['client_id', '{app}'],
  ['redirect_uri', 'https://app.example/back'],
  ['scope', 'patient/Consent.rs'],
  ['state', 'a state'],
  ['code_challenge', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'],
  ['code_challenge_method', 'S256'],
  ['aud', '{issuer}/fhir/R4'],
];

export const forms: readonly (readonly [path: string, form: Form])[] = [
  [
    '/oauth/token',
    [...assertion, ['grant_type', 'client_credentials'], ['scope', 'uma_protection decision']],
  ],
  ['/oauth/token', ticketGrant],
  ['/oauth/token', ticketGrant],
  [
    '/oauth/token',
    [
      ['grant_type', 'authorization_code'],
      ['code', 'x'.repeat(43)],
      ['code_verifier', 'v'.repeat(43)],
      ['redirect_uri', 'https://app.example/back'],
      ['client_id', '{app}'],
    ],
  ],
  [
    '/oauth/token',
    [
      ['grant_type', 'refresh_token'],
      ['refresh_token', 'x'.repeat(43)],
      ['client_id', '{app}'],
    ],
  ],
  ['/oauth/introspect', [['token', '{rpt}']]],
  ['/oauth/introspect', [...assertion, ['token', '{rpt}'], ['token_type_hint', 'access_token']]],
  [
    '/oauth/revoke',
    [...assertion, ['token', 'eyJhbGciOiJFUzI1NiJ9.e30.x'], ['token_type_hint', 'access_token']],
  ],
  ['/oauth/authorize', authorization],
  ['/oauth/authorize/decision', [...authorization, ['decision', 'allow'], ['form_token', 'x']]],
  ['/oauth/par', [...assertion, ...authorization]],
  ['/oauth/register', [['redirect_uris', 'https://app.example/back']]],
  [
    '/uma/claims',
    [
      ['client_id', '{app}'],
      ['ticket', '{ticket}'],
      ['claims_redirect_uri', 'https://app.example/back'],
    ],
  ],
  ['/sign-out', []],
  [
    '/sign-in',
    [
      ['user', 'ann'],
      ['next', '/oauth/authorize'],
    ],
  ],
];
const names = [...new Set(forms.flatMap(([, form]) => form.map(([name]) => name)))];
const moreNames = [
  ...names,
  'resource',
  'client_secret',
  'rpt',
  'pct',
  'request',
  'request_uri',
  'prompt',
  'nonce',
];

type Change = (form: Form) => Form;
type Pair = Form[number];
type With = { readonly name: string; readonly value: string; readonly damage: readonly Damage[] };

const ways = {
  say: ([name]: Pair, { value }: With): Form => [[name, value]],
  delete: (): Form => [],
  double: (pair: Pair): Form => [pair, pair],
  add: (pair: Pair, { name, value }: With): Form => [pair, [name, value]],
  rename: ([, value]: Pair, { name }: With): Form => [[name, value]],
  damage: ([name, value]: Pair, { damage }: With): Form => [[name, damaged(value, damage)]],
} as const;

const change: fc.Arbitrary<Change> = fc
  .record({
    way: one(ways.say, ways.say, ways.delete, ways.double, ways.add, ways.rename, ways.damage),
    where: fc.nat(99),
    name: fc.oneof({ weight: 4, arbitrary: one(...moreNames) }, { weight: 1, arbitrary: anyText }),
    value: anyText,
    damage: damages,
  })
  .map(
    ({ way, where, ...given }): Change =>
      (form) => {
        const at = where % Math.max(form.length, 1);
        return form.flatMap((pair, place) => (place === at ? way(pair, given) : [pair]));
      },
  );

/** Placeholders are filled later, so they must not be encoded. */
const encoded = (form: Form): string =>
  form
    .map((pair) =>
      pair.map((part) => encodeURIComponent(part.toWellFormed()).replaceAll(/%7B(\w+)%7D/g, '{$1}')),
    )
    .map((pair) => pair.join('='))
    .join('&');

export const grants: fc.Arbitrary<Knock> = fc
  .record({
    form: one(...forms),
    changes: orNone(fc.array(change, { minLength: 1, maxLength: 2 })),
    claims: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: mutations }),
    as: often<Knock['as']>(['stranger', 3], ['server', 2], ['forger', 1], ['asker', 1]),
    media: mediaTypes('application/x-www-form-urlencoded'),
    headers,
    isQuery: often([false, 6], [true, 1]),
    damage: often([false, 8], [true, 1]),
    damages,
  })
  .map(
    ({
      form: [path, form],
      changes,
      claims,
      as,
      media,
      headers: sent,
      isQuery,
      damage,
      damages: all,
    }): Knock => {
      const text = encoded(changes.reduce<Form>((changed, make) => make(changed), form));
      const body = damage ? damaged(text, all) : text;
      const knock = { as, claims, headers: { 'content-type': media, ...sent } };
      return isQuery || path === '/oauth/authorize'
        ? { ...knock, method: 'GET', path: `${path}?${body}` }
        : { ...knock, method: 'POST', path, body };
    },
  );
