/** Requests to the FHIR API that are wrong in every way we could think of, and some that are right. */
import fc from 'fast-check';
import type { Json } from '../../src/base/json.ts';
import { directory, submission } from './consent-corpus.ts';
import { anyText, anyValue, damaged, damages, mutated, mutations } from './fuzzed-values.ts';
import { publishedParameters } from './published-parameters.ts';
import { r4Consents, r5Consents } from './searched-consents.ts';

/** `{own}`, `{hidden}` and `{deleted}` stand for ids that are known once there is a server. */
export type Fuzzed = {
  readonly as: 'limited' | 'pinned' | 'everybody' | 'stranger' | 'forger';
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Sent byte by byte, so that what is no UTF-8 can be sent. */
  readonly isBinary?: boolean;
};

const one = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const often = <T>(...weighted: readonly (readonly [value: T, weight: number])[]) =>
  fc.oneof(...weighted.map(([value, weight]) => ({ weight, arbitrary: fc.constant(value) })));
const base = one('R4', 'R4', 'R5', 'R5', 'R4B', '').map((name) => (name === '' ? '/fhir' : `/fhir/${name}`));
const limited = often<Fuzzed['as']>(['limited', 10], ['pinned', 2], ['stranger', 1]);
/** Who may see everything; it only looks and adds, so that what is hidden stays what it was. */
const anybody = often<Fuzzed['as']>(['limited', 5], ['everybody', 3], ['pinned', 2], ['forger', 1]);

const fhirJson = 'application/fhir+json';
const jsonPatch = 'application/json-patch+json';
const mediaType = fc.oneof(
  { weight: 30, arbitrary: fc.constant(fhirJson) },
  {
    weight: 3,
    arbitrary: one('4.0', '4.3', '5.0', '3.0', '', '"5.0"', '5.0.0').map(
      (version) => `${fhirJson}; fhirVersion=${version}`,
    ),
  },
  {
    weight: 2,
    arbitrary: one(
      'application/json',
      'text/plain',
      jsonPatch,
      'application/fhir+xml',
      `${fhirJson};charset=utf-16`,
      ';',
      'a/b/c',
      '*/*;q=x',
      '',
    ),
  },
);

const headerValues: Readonly<Record<string, readonly string[]>> = {
  'if-match': [
    'W/"1"',
    '"1"',
    '*',
    'W/"0"',
    'W/"-1"',
    'W/"99999999999999999999"',
    'W/"1", W/"2"',
    '1',
    '""',
    ',',
  ],
  'if-none-match': ['W/"1"', '*', 'W/"1", W/"2"', 'x', ''],
  'if-modified-since': ['Thu, 01 Oct 2026 10:00:00 GMT', 'yesterday', '0', 'Thu, 99 Foo 9999 99:99:99 GMT'],
  'if-none-exist': [
    'identifier=urn:ids|x',
    'Consent?patient=ann',
    '?',
    '',
    '&&=&',
    '_count=1',
    'foo=1',
    'status:not=active',
    'patient=%FF',
    '_id={hidden}',
    '%00=1',
  ],
  prefer: [
    'return=minimal',
    'return=OperationOutcome',
    'return=representation, handling=strict',
    'handling=strict',
    'respond-async',
    'return=',
    ';;',
    '"',
  ],
  accept: [
    fhirJson,
    `${fhirJson}; fhirVersion=5.0`,
    'application/fhir+xml',
    'text/html, */*;q=0.1',
    '*/*;q=0',
    'x',
    ',,;',
    ';q=',
    'a'.repeat(5000),
  ],
  'x-request-id': ['a', 'a b', 'é', 'x'.repeat(500)],
  'content-encoding': ['gzip', 'identity', 'x'],
  'x-forwarded-for': ['1.2.3.4', 'é'],
  'content-language': ['é'],
};
const strangeHeaders: fc.Arbitrary<Record<string, string>> = fc
  .array(
    one(...Object.entries(headerValues)).chain(([name, values]) =>
      fc
        .oneof({ weight: 5, arbitrary: one(...values) }, { weight: 1, arbitrary: anyText })
        .map((value) => [name, value] as const),
    ),
    { maxLength: 3 },
  )
  .map((pairs) => Object.fromEntries(pairs));

const someHeaders = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: strangeHeaders },
);

const parameterNames = [
  ...Object.keys(publishedParameters),
  '_id',
  '_profile',
  '_language',
  '_text',
  '_has:AuditEvent:entity:agent',
  '_list',
  '_filter',
  'nonsense',
  '',
];
const modifiers = [
  'not',
  'missing',
  'text',
  'in',
  'not-in',
  'above',
  'below',
  'of-type',
  'identifier',
  'Patient',
  'Organization',
  'exact',
  'x',
  '',
];
const chains = ['identifier', 'name', 'identifier.x', 'actor.identifier', ''];
const values = [
  'ann',
  'Patient/ann',
  'Patient/eve',
  '{own}',
  '{hidden}',
  '{deleted}',
  'active',
  'a|b',
  '|',
  '||',
  '|||',
  ',',
  ',,',
  'a,b',
  'a\\',
  '\\',
  '\\,',
  '\\|',
  '$',
  'a\\$b',
].concat(
  ...[
    'true',
    'false',
    '2026',
    'ge2026-05',
    'ap2026',
    'ap9999-12-31',
    'eb0001',
    'ne2026-02-30',
    'gt',
    'sa2026-01-01T10:00',
    'lt2026-01-01T10:00:00+14:00',
    'ge2026-01-01T10:00:00.123456789Z',
  ],
  ...[
    'http://terminology.hl7.org/ValueSet/v3-PurposeOfUse',
    'http://hl7.org/fhir/ValueSet/consent-state-codes',
    'TREAT',
    'BTG',
    'http://example.org|',
  ],
);
const controls: Readonly<Record<string, readonly string[]>> = {
  _count: ['0', '1', '3', '200', '201', '999999999', '9999999999', '-1', '1.5', '', 'x', '1e3', '٣'],
  _sort: [
    'date',
    '-date',
    '_id,-_lastUpdated',
    'status',
    'nonsense',
    '-',
    ',',
    '--date',
    'date,date',
    'a,b,c,d,e,f',
    'patient',
  ],
  _total: ['none', 'accurate', 'estimate', 'x'],
  _summary: ['true', 'text', 'data', 'count', 'false', 'x', ''],
  _elements: ['id', 'status,patient', 'Consent.provision', ',', 'a.b.c', '__proto__', 'constructor', '*', ''],
  _include: [
    'Consent:actor',
    'Consent:*',
    'Consent:patient:Patient',
    '*',
    'Consent',
    ':',
    'Consent:actor:Organization:x',
    'Patient:link',
    'Consent:__proto__',
  ],
  '_include:iterate': ['Patient:organization', 'Organization:partof', 'Patient:*', 'x'],
  _revinclude: [
    'AuditEvent:entity',
    'Provenance:target',
    'Consent:data',
    'Consent:source-reference',
    'x:y',
    '*',
  ],
  _format: [
    'json',
    'xml',
    'application/fhir+json',
    'application/fhir+json; fhirVersion=5.0',
    'application/fhir json',
    'x',
  ],
  _pretty: ['true', 'false', 'x'],
  _page: ['1', '0', '', 'AAAA', 'x'.repeat(20_000), '_'.repeat(64)],
  _since: ['2026', '2026-01-01T00:00:00Z', 'x', '9999-12-31T23:59:59Z', '0000-01-01T00:00:00Z'],
  _at: ['2026', '2026-05', 'ge2026', 'x'],
};

const written = fc.oneof({ weight: 4, arbitrary: one(...values) }, { weight: 2, arbitrary: anyText });
const criterion = fc
  .record({
    name: one(...parameterNames),
    modifier: fc.option(one(...modifiers), { nil: undefined, freq: 2 }),
    chain: fc.option(one(...chains), { nil: undefined, freq: 6 }),
    value: fc.array(written, { maxLength: 3 }),
  })
  .map(({ name, modifier, chain, value }): readonly [string, string] => [
    name + (modifier === undefined ? '' : `:${modifier}`) + (chain === undefined ? '' : `.${chain}`),
    value.join(','),
  ]);
const control = one(...Object.entries(controls)).chain(([name, list]) =>
  one(...list).map((value): readonly [string, string] => [name, value]),
);
const strange = fc.tuple(anyText, anyText);
const pairs = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: criterion },
    { weight: 3, arbitrary: control },
    { weight: 1, arbitrary: strange },
  ),
  { maxLength: 5 },
);
const encodedPart = (part: string): string => encodeURIComponent(part.toWellFormed());
const rawQueries = [
  '%',
  '%zz',
  '%ff%fe',
  '%00=%00',
  '&&&',
  '=',
  '?',
  'a=b=c',
  'patient=%ED%A0%80',
  'status=active;patient=ann',
  '+',
  'status=active&'.repeat(600),
];
/** Without the question mark; mostly well formed. */
const query = fc.oneof(
  {
    weight: 12,
    arbitrary: pairs.map((list) => list.map((pair) => pair.map(encodedPart).join('=')).join('&')),
  },
  { weight: 1, arbitrary: one(...rawQueries) },
);

const type = one(
  'Consent',
  'Consent',
  'Consent',
  'Consent',
  'Patient',
  'Organization',
  'Group',
  'PractitionerRole',
  'AuditEvent',
  'Device',
);
const id = fc.oneof(
  {
    weight: 9,
    arbitrary: often(['{own}', 8], ['{hidden}', 2], ['{deleted}', 1], ['unknown', 1], ['ann', 1], ['eve', 1]),
  },
  { weight: 1, arbitrary: anyText.map(encodedPart) },
);

export const searching: fc.Arbitrary<Fuzzed> = fc
  .record({
    as: anybody,
    base,
    type,
    id,
    query,
    form: query,
    headers: someHeaders,
    kind: one('get', 'get', 'get', 'post', 'compartment', 'history', 'versions'),
  })
  .map(({ as, base: at, type: of, id: which, query: asked, form, headers, kind }): Fuzzed => {
    if (kind === 'post')
      return {
        as,
        method: 'POST',
        path: `${at}/${of}/_search?${asked}`,
        headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        body: form,
      };
    const paths = {
      get: of,
      compartment: `Patient/${which}/${of}`,
      history: `${of}/_history`,
      versions: `${of}/${which}/_history`,
    };
    return { as, method: 'GET', path: `${at}/${paths[kind as keyof typeof paths]}?${asked}`, headers };
  });

const rich: readonly Json[] = [
  {
    ...r4Consents[0],
    text: {
      status: 'generated',
      div: '<div xmlns="http://www.w3.org/1999/xhtml"><p class="a">told</p></div>',
    },
    contained: [{ resourceType: 'Organization', id: 'o', name: 'inside' }],
    organization: [{ reference: '#o' }],
  },
  ...r4Consents,
  ...r5Consents,
];
const submitted = fc.oneof(
  { weight: 3, arbitrary: submission('http://127.0.0.1', 'ann').map(({ resource }): Json => resource) },
  { weight: 2, arbitrary: one(...rich) },
  { weight: 1, arbitrary: one<Json>(...directory) },
);
const named = (body: Json, as: string): Json =>
  typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body, id: as } : body;

const write = fc.record({
  as: limited,
  base,
  id,
  headers: someHeaders,
  media: mediaType,
  query,
  isUpdate: fc.boolean(),
  isFitting: often([true, 5], [false, 1]),
  isConditional: often([false, 4], [true, 1]),
});
const writing = (sent: fc.Arbitrary<string>): fc.Arbitrary<Fuzzed> =>
  fc.tuple(write, sent).map(([asked, body]): Fuzzed => {
    const type = /"resourceType":"(\w{1,20})"/.exec(body)?.[1] ?? 'Consent';
    const fitting = /"(subject|decision)":/.test(body) ? '/fhir/R5' : '/fhir/R4';
    const path = `${asked.isFitting ? fitting : asked.base}/${type}`;
    const headers = { 'content-type': asked.media, ...asked.headers };
    const whole = { as: asked.as, headers, body: body.replaceAll('{id}', asked.id) };
    if (!asked.isUpdate) return { ...whole, method: 'POST', path };
    return {
      ...whole,
      method: 'PUT',
      path: `${path}${asked.isConditional ? `?${asked.query}` : `/${asked.id}`}`,
    };
  });

export const bodies: fc.Arbitrary<Fuzzed> = writing(
  fc
    .tuple(
      submitted,
      fc.oneof({ weight: 5, arbitrary: mutations }, { weight: 1, arbitrary: fc.constant([]) }),
    )
    .map(([body, changes]) => JSON.stringify(mutated(named(body, '{id}'), changes))),
);

export const texts: fc.Arbitrary<Fuzzed> = fc
  .tuple(
    writing(
      fc
        .tuple(
          submitted,
          fc.oneof({ weight: 8, arbitrary: damages }, { weight: 1, arbitrary: fc.constant([]) }),
        )
        .map(([body, all]) => damaged(JSON.stringify(named(body, '{id}')), all)),
    ),
    fc.boolean(),
  )
  .map(([fuzzed, isBinary]) => ({ ...fuzzed, isBinary }));

const pointers = [
  '/status',
  '/provision',
  '/provision/actor/0',
  '/provision/-',
  '/identifier',
  '/identifier/-',
  '/category/0',
  '/meta',
  '/id',
  '/resourceType',
  '',
  '/',
  '/-',
  '/0',
].concat(
  ...[
    'status',
    '/__proto__/a',
    '/constructor/prototype/a',
    '/toString',
    '/a~2b',
    '/~',
    '/provision/provision/0/provision/0',
    '/category/-1',
    '/category/01',
    '/category/99999999999',
    '/x'.repeat(3000),
  ],
);
const pointer = fc.oneof({ weight: 6, arbitrary: one(...pointers) }, { weight: 1, arbitrary: anyText });
const operation: fc.Arbitrary<Json> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      op: one('add', 'add', 'replace', 'remove', 'move', 'copy', 'test', 'merge', '__proto__', ''),
      path: pointer,
      from: pointer,
      value: anyValue,
    }) as fc.Arbitrary<Json>,
  },
  { weight: 1, arbitrary: anyValue },
);
const sound = one<Json>(
  { op: 'replace', path: '/status', value: 'draft' },
  { op: 'add', path: '/identifier', value: [{ value: 'a' }] },
  { op: 'add', path: '/provision/-', value: { purpose: [{ code: 'TREAT' }] } },
  { op: 'copy', from: '/provision', path: '/provision/0/provision' },
  { op: 'move', from: '/identifier', path: '/identifier' },
  { op: 'remove', path: '/identifier' },
  { op: 'test', path: '/resourceType', value: 'Consent' },
);
/** Each copy doubles what is there. */
const bombs = [12, 30, 1000, 1001].map((length) =>
  Array.from({ length }, () => ({ op: 'copy', from: '', path: '/extension/-' })),
);
const patch = fc.oneof(
  { weight: 4, arbitrary: fc.array(operation, { maxLength: 4 }) },
  { weight: 4, arbitrary: fc.array(sound, { minLength: 1, maxLength: 4 }) },
  { weight: 4, arbitrary: fc.tuple(sound, operation).map((pair): Json => pair) },
  {
    weight: 1,
    arbitrary: one<Json>(
      ...bombs.map((bomb): Json => [{ op: 'add', path: '/extension', value: [] }, ...bomb]),
    ),
  },
  { weight: 1, arbitrary: anyValue },
);

export const patches: fc.Arbitrary<Fuzzed> = fc
  .tuple(write, patch)
  .map(
    ([{ as, base: at, id: which, headers, query: asked, isConditional, isFitting }, operations]): Fuzzed => {
      const path = isFitting ? '/fhir/R5/Consent/{own}' : `${at}/Consent/${which}`;
      return {
        as,
        method: 'PATCH',
        path: isConditional ? `${at}/Consent?${asked}` : path,
        headers: { 'content-type': jsonPatch, ...headers },
        body: JSON.stringify(operations),
      };
    },
  );

const segment = fc.oneof(
  {
    weight: 3,
    arbitrary: one(
      'Consent',
      'Patient',
      '{own}',
      '{hidden}',
      '_history',
      '_search',
      '1',
      '0',
      '-1',
      '99999999999999999999',
      '$versions',
      '$everything',
      'metadata',
      '',
    ),
  },
  {
    weight: 2,
    arbitrary: one(
      '..',
      '.',
      '%2e%2e',
      '%00',
      '%ff',
      '%2f',
      '%',
      'a'.repeat(9000),
      ':id',
      '*',
      '{id}',
      'consent',
      '.well-known',
    ),
  },
  { weight: 1, arbitrary: anyText.map(encodedPart) },
);

const paths = [
  'Consent',
  'Consent/{own}',
  'Consent/{own}/_history/1',
  'Consent/{own}/_history',
  'Patient/ann/Consent',
  'metadata',
]
  .concat(
    'Consent/{hidden}',
    'Consent/{hidden}/_history/1',
    'Consent/{deleted}',
    'Patient/eve/Consent',
    '$versions',
    'AuditEvent',
  )
  .map((path) => path.split('/'));

export const requests: fc.Arbitrary<Fuzzed> = fc
  .record({
    as: limited,
    method: one('GET', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'BREW', 'PROPFIND', 'get'),
    base,
    segments: fc.oneof(
      { weight: 1, arbitrary: one(...paths) },
      { weight: 1, arbitrary: fc.array(segment, { maxLength: 5 }) },
    ),
    query,
    headers: someHeaders,
    body: anyValue,
  })
  .map(
    ({ as, method, base: at, segments, query: asked, headers, body }): Fuzzed => ({
      as,
      method,
      path: `${[at, ...segments].join('/')}${asked === '' ? '' : `?${asked}`}`,
      headers,
      ...(['GET', 'get', 'HEAD'].includes(method) ? {} : { body: JSON.stringify(body) }),
    }),
  );
