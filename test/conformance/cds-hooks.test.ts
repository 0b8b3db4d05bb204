/** consent-decisioning.md §1 (column LEAP hook), §4 and §9 at the door: how a decision is worded, whatever decided it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { lackedByCdsHooks } from '../cases/run/cds-limits.ts';
import { idOf, type Service, startService } from '../support/service.ts';

type Client = Awaited<ReturnType<Service['clientWith']>>;
type Door = { readonly service: Service; readonly filer: Client; readonly asker: Client };

const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const privacy = { system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' };
const purpose = (code: string) => [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code }];
const label = (...codes: readonly string[]) => codes.map((code) => ({ system: confidentiality, code }));
const npi = { system: 'http://hl7.org/fhir/sid/us-npi', value: '1' };

const doors: Record<'closed' | 'open', Door | undefined> = { closed: undefined, open: undefined };
const doorTo = (name: 'closed' | 'open'): Door => {
  const door = doors[name];
  if (!door) throw new Error('not started');
  return door;
};

async function start(settings: JsonObject): Promise<Door> {
  const service = await startService(settings);
  const filer = await service.clientWith(['system/*.cruds'], { may: ['file', 'activate'] });
  const asker = await service.clientWith(['decision']);
  await filer.post('/fhir/R4/Practitioner', { resourceType: 'Practitioner', identifier: [npi] });
  return { service, filer, asker };
}

beforeAll(async () => {
  doors.closed = await start({});
  doors.open = await start({ implicitPolicy: 'all-normal' });
});
afterAll(async () => {
  for (const door of [doors.closed, doors.open]) await door?.service.stop();
});

const consentR4 = (provision: JsonObject, over: JsonObject = {}): JsonObject => ({
  resourceType: 'Consent',
  status: 'active',
  scope: { coding: [privacy] },
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  policy: [{ uri: 'https://policies.example.org/a' }],
  provision,
  ...over,
});

type Asking = {
  readonly consents?: readonly JsonObject[];
  readonly context?: object;
  readonly door?: 'closed' | 'open';
};

/** The card about a patient with these consents and no others, for somebody on file, for treatment. */
async function cardFor({ consents = [], context = {}, door: name = 'closed' }: Asking) {
  const { filer, asker } = doorTo(name);
  const value = crypto.randomUUID();
  const patient = { resourceType: 'Patient', identifier: [{ system: 'urn:mrn', value }] };
  const id = idOf(await filer.post('/fhir/R4/Patient', patient));
  for (const consent of consents)
    idOf(await filer.post('/fhir/R4/Consent', { ...consent, patient: { reference: `Patient/${id}` } }));
  const { status, text, body } = await asker.post('/cds-services/patient-consent-consult', {
    hook: 'patient-consent-consult',
    hookInstance: crypto.randomUUID(),
    context: { patientId: [{ system: 'urn:mrn', value }], actor: [npi], purposeOfUse: ['TREAT'], ...context },
  });
  if (status !== 200) throw new Error(text);
  expect(body.cards).toHaveLength(1);
  return body.cards[0];
}

const wordOf = async (asking: Asking) => {
  const { summary, indicator, extension } = await cardFor(asking);
  expect(summary).toBe(extension.decision);
  return `${summary} ${indicator} ${extension.outcome}`;
};

const permit = consentR4({ type: 'permit', purpose: purpose('TREAT') });
const deny = consentR4({ type: 'deny', purpose: purpose('TREAT') });
const noBase = consentR4({ purpose: purpose('TREAT') });
const ambiguous = consentR4(
  { purpose: purpose('ETREAT') },
  {
    policyRule: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'OPTOUT' }],
    },
  },
);
const byAnother = consentR4(
  { type: 'permit', purpose: purpose('TREAT') },
  { performer: [{ reference: 'RelatedPerson/nobody' }] },
);
const other = consentR4({ type: 'deny', purpose: purpose('HRESCH') });

describe('consent-decisioning.md §1: the outcome in the words of the hook', () => {
  test.each<readonly [string, Asking, string]>([
    ['PERMIT', { consents: [permit] }, 'CONSENT_PERMIT info permit'],
    ['DENY', { consents: [deny] }, 'CONSENT_DENY critical deny'],
    [
      'DENY, outside the terms of a permit',
      { consents: [permit], context: { purposeOfUse: 'HMARKT' } },
      'CONSENT_DENY critical deny',
    ],
    ['NO_CONSENT', {}, 'NO_CONSENT warning deny'],
    ['NO_CONSENT, permitted by the implicit policy', { door: 'open' }, 'NO_CONSENT warning permit'],
    [
      'NOT_APPLICABLE, permitted by the implicit policy',
      { consents: [other], door: 'open' },
      'NO_CONSENT warning permit',
    ],
    ['INDETERMINATE', { consents: [noBase] }, 'NO_CONSENT warning deny'],
    [
      'INDETERMINATE, an ambiguous root',
      { consents: [ambiguous], context: { purposeOfUse: 'ETREAT' } },
      'NO_CONSENT warning deny',
    ],
    ['INDETERMINATE, a grantor without authority', { consents: [byAnother] }, 'NO_CONSENT warning deny'],
    [
      'INDETERMINATE under a policy that permits',
      { consents: [noBase], door: 'open' },
      'NO_CONSENT warning deny',
    ],
    [
      'DENY, the glass may not be broken',
      { consents: [permit], context: { purposeOfUse: 'BTG' } },
      'CONSENT_DENY critical deny',
    ],
  ])('%s', async (_, asking, expected) => {
    expect(await wordOf(asking)).toBe(expected);
  });

  test('INDETERMINATE gives no more away than no consent', async () => {
    expect(await cardFor({ consents: [noBase] })).toEqual(await cardFor({}));
  });

  test('row 70: a patient who is not on file is answered as one without consent', async () => {
    const nobody = { patientId: [{ system: 'urn:mrn', value: 'nobody' }] };
    for (const door of ['closed', 'open'] as const)
      expect(await cardFor({ context: nobody, door })).toEqual(await cardFor({ door }));
  });
});

describe('consent-decisioning.md §4: obligations', () => {
  test('a plain permit has none', async () => {
    expect((await cardFor({ consents: [permit] })).extension.obligations).toEqual([]);
  });

  test('L-2: a base permit that refuses a label is REDACT codes', async () => {
    const consent = consentR4({ type: 'permit', provision: [{ type: 'deny', securityLabel: label('R') }] });
    const { extension } = await cardFor({ consents: [consent] });
    expect(extension.obligations).toEqual([
      {
        id: { system: actCode, code: 'REDACT' },
        parameters: { codes: expect.arrayContaining(label('R', 'V')) },
      },
    ]);
  });

  test('L-2: a base deny that permits a label is REDACT exceptAnyOfCodes, and not lost as in LEAP', async () => {
    const psy = { system: actCode, code: 'PSY' };
    const consent = consentR4({ type: 'deny', provision: [{ type: 'permit', securityLabel: [psy] }] });
    const { summary, extension } = await cardFor({ consents: [consent] });
    expect(summary).toBe('CONSENT_PERMIT');
    expect(extension.obligations).toEqual([
      {
        id: expect.objectContaining({ code: 'REDACT' }),
        parameters: { exceptAnyOfCodes: expect.arrayContaining([psy]) },
      },
    ]);
  });

  test('a part that a consent refuses is not passed over where the implicit policy permits the rest', async () => {
    const consent = consentR4({ type: 'deny', securityLabel: label('R') });
    const { summary, extension } = await cardFor({ consents: [consent], door: 'open' });
    expect(summary).toBe('CONSENT_PERMIT');
    expect(extension.basedOn).toBeUndefined();
    expect(JSON.stringify(extension.obligations)).toContain('"R"');
  });

  const limitedTo = (code: string): JsonObject =>
    consentR4({
      type: 'permit',
      purpose: purpose('TREAT'),
      modifierExtension: [
        {
          url: 'http://hl7.org/fhir/StructureDefinition/consent-provision-limit',
          extension: [{ url: 'control', valueCodeableConcept: { coding: [{ system: actCode, code }] } }],
        },
      ],
    });

  test('§9 O-2, O-3: obligations of the consent stand beside', async () => {
    expect((await cardFor({ consents: [limitedTo('DEID')] })).extension.obligations).toEqual([
      { id: { system: actCode, code: 'DEID' } },
    ]);
  });

  test('§9 O-4: where a person has to approve, there is no permit yet', async () => {
    expect(await wordOf({ consents: [limitedTo('HUAPRV')] })).toBe('CONSENT_DENY critical deny');
  });
});

describe('consent-decisioning.md §4: known gaps of LEAP that are not copied', () => {
  const actor = (value: string) => [
    { role: { coding: [{ code: 'IRCP' }] }, reference: { identifier: { system: npi.system, value } } },
  ];

  test.each<readonly [string, JsonObject, object, string]>([
    [
      'an explicit deny under a base deny stays one',
      { type: 'deny', provision: [{ type: 'deny', actor: actor('1') }] },
      {},
      'CONSENT_DENY',
    ],
    ['the actor of the root counts', { type: 'permit', actor: actor('2') }, {}, 'CONSENT_DENY'],
    [
      'the third level counts',
      {
        type: 'permit',
        provision: [
          { type: 'deny', actor: actor('1'), provision: [{ type: 'permit', purpose: purpose('TREAT') }] },
        ],
      },
      {},
      'CONSENT_PERMIT',
    ],
    [
      'purposes lie below one another',
      { type: 'permit', purpose: purpose('HRESCH') },
      { purposeOfUse: 'CLINTRCH' },
      'CONSENT_PERMIT',
    ],
    [
      'each purpose must be met',
      { type: 'permit', purpose: purpose('TREAT') },
      { purposeOfUse: ['TREAT', 'HMARKT'] },
      'CONSENT_DENY',
    ],
  ])('%s', async (_, provision, context, expected) => {
    expect((await cardFor({ consents: [consentR4(provision)], context })).summary).toBe(expected);
  });
});

test('L-3: an unreachable store is 503, in the words of the door', async () => {
  const { service, asker } = await start({});
  await service.stop();
  const { status, headers } = await asker.post('/cds-services/patient-consent-consult', {
    hook: 'patient-consent-consult',
    hookInstance: crypto.randomUUID(),
    context: { patientId: [npi], actor: [npi] },
  });
  expect(status).toBe(503);
  expect(headers.get('content-type')).toBe('application/problem+json');
});

type Case = Parameters<typeof lackedByCdsHooks>[0];
const lacked = (over: object): string | undefined =>
  lackedByCdsHooks({
    request: {
      patient: 'Patient/ann',
      requester: { type: 'practitioner', reference: 'Practitioner/t', organization: 'Organization/h' },
      purposes: ['TREAT'],
      ...over,
    },
  } as Case);

test.each<readonly [string, object]>([
  ['another action', { action: 'disclose' }],
  ['break-glass details', { breakGlass: { reason: 'urgent' } }],
  ['an empty list of types', { resourceTypes: [] }],
  ['a patient', { requester: { type: 'patient', reference: 'Patient/ann' } }],
  ['software', { requester: { type: 'client', clientId: 'k' } }],
  [
    'roles',
    { requester: { type: 'practitioner', reference: 'Practitioner/t', roles: [{ code: 'doctor' }] } },
  ],
])('the hook has no word for %s', (_, over) => {
  expect(lacked(over)).toBeDefined();
});

test('and has one for types, identifiers, a role as a person and no purpose', () => {
  expect(lacked({ resourceTypes: ['Observation'], purposes: [], action: 'access' })).toBeUndefined();
  expect(lacked({ requester: { type: 'practitioner', identifiers: [{ value: 'a' }] } })).toBeUndefined();
  expect(lacked({ requester: { type: 'practitioner', reference: 'PractitionerRole/r' } })).toBeUndefined();
});
