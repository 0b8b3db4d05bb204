/** Every decision leaves an AuditEvent as BALP wants it (audit.md §4), found by who took part and by what needs review (§1). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DecisionEntry, reviewReasons } from '../../src/audit/audit-log.ts';
import { renderEvent } from '../../src/audit/render-event.ts';
import { asInstant } from '../../src/base/instant.ts';
import { anEntry, anInteraction } from '../audit/entries.ts';
import {
  type Api,
  anApi,
  type clients,
  entriesOf,
  idsOf,
  issuer,
  linkOf,
} from '../protocols/fhir-api/api.ts';

type Coding = { readonly system?: string; readonly code: string };
type Concept = { readonly coding: readonly Coding[] };
type Agent = {
  readonly type: Concept;
  readonly who?: { readonly reference?: string; readonly identifier?: { readonly value: string } };
  readonly requestor: boolean;
  readonly role?: readonly Concept[];
  readonly policy?: readonly string[];
  readonly network?: { readonly address: string; readonly type: string };
  readonly purposeOfUse?: readonly Concept[];
  readonly authorization?: readonly Concept[];
};
type Event = {
  readonly type: Coding;
  readonly subtype: readonly Coding[];
  readonly outcome: string;
  readonly outcomeDesc?: string;
  readonly purposeOfEvent?: readonly Concept[];
  readonly modifierExtension?: unknown;
  readonly agent: readonly Agent[];
  readonly source: { readonly observer: unknown };
  readonly entity: readonly { readonly type: Coding; readonly role?: Coding; readonly what?: Agent['who'] }[];
};

const shownIn = (version: '4.0' | '5.0', changes: Partial<DecisionEntry>) =>
  renderEvent(anEntry(changes), version, issuer) as unknown as Event;

const { circumstances } = anEntry();
const byRole = { outcome: 'deny', reason: 'no-consent', basis: [] } as const;
const { tokenId: _, ...withoutToken } = circumstances;
const kindsOf: readonly (readonly [string, Partial<DecisionEntry>])[] = [
  ['a permit by consent', {}],
  ['a deny by consent', { outcome: 'deny', reason: 'explicit-deny' }],
  ['a decision without consent', byRole],
  ['a request without a token', { circumstances: withoutToken }],
  ['a client on its own', { requester: { type: 'client', clientId: 'app' } }],
  ['a client through another, without consent', { ...byRole, requester: { type: 'client', clientId: 'x' } }],
  ['a patient', { requester: { type: 'patient', reference: 'Patient/ann' } }],
  ['an organization', { requester: { type: 'organization', reference: 'Organization/h' } }],
  ['a break of the glass', { purposes: ['BTG'], breakGlass: { reason: 'unconscious' } }],
  ['an evaluation that failed', { ...byRole, failed: true, review: ['unreadable-consent'] }],
];

const dicom = 'http://dicom.nema.org/resources/ontology/DCM';
const slices = {
  client: { system: dicom, code: '110150' },
  user: { system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' },
  userorg: { system: 'http://terminology.hl7.org/CodeSystem/v3-RoleClass', code: 'PROV' },
  authorizer: {
    system: 'http://terminology.hl7.org/CodeSystem/extra-security-role-type',
    code: 'authserver',
  },
} as const;
const agentIn = ({ agent }: Event, slice: keyof typeof slices): Agent => {
  const { system, code } = slices[slice];
  const found = agent.filter(({ type }) =>
    type.coding.some((coding) => coding.system === system && coding.code === code),
  );
  expect([slice, found.length]).toEqual([slice, 1]);
  return found[0] as Agent;
};

describe.each(['4.0', '5.0'] as const)('audit.md §4 in FHIR %s', (version) => {
  it.each(kindsOf)('Agents: %s names client, user, userorg and authorizer, each once', (_name, changes) => {
    const event = shownIn(version, changes);
    expect(event.agent).toHaveLength(4);
    const [client, user, userorg, authorizer] = (['client', 'user', 'userorg', 'authorizer'] as const).map(
      (slice) => agentIn(event, slice),
    );
    for (const agent of event.agent) expect(agent.who).toBeDefined();
    expect([client, user, userorg, authorizer].map((agent) => agent?.requestor)).toEqual([
      false,
      true,
      false,
      false,
    ]);
    // Each slice may have less than the others: the user no network, organization and authorizer no role nor policy.
    expect([user, userorg, authorizer].map((agent) => agent?.network)).toEqual(Array(3).fill(undefined));
    for (const agent of [client, userorg, authorizer]) {
      expect(agent).not.toHaveProperty('role');
      expect(agent).not.toHaveProperty(version === '4.0' ? 'purposeOfUse' : 'authorization');
    }
    for (const agent of [user, userorg, authorizer]) expect(agent).not.toHaveProperty('policy');
  });

  it.each(kindsOf)('val-audit-source: of %s the authorizer is the observer', (_name, changes) => {
    const event = shownIn(version, changes);
    expect(agentIn(event, 'authorizer').who).toEqual(event.source.observer);
  });

  it('Agents: the client by its id, its token and, where it is known, its network address', () => {
    const event = shownIn(version, { circumstances: { ...circumstances, address: '192.0.2.7' } });
    const network =
      version === '4.0' ? { network: { address: '192.0.2.7', type: '2' } } : { networkString: '192.0.2.7' };
    expect(agentIn(event, 'client')).toMatchObject({
      who: { identifier: { value: 'app' } },
      policy: ['urn:ietf:params:oauth:jti:j1'],
      ...network,
    });
  });

  it('Agents: the user with roles and purposes, the organization by reference', () => {
    const event = shownIn(version, {});
    expect(agentIn(event, 'user')).toMatchObject({
      who: { reference: 'Practitioner/t', identifier: { system: 'urn:npi', value: '7' } },
      role: [{ coding: [{ system: 'urn:roles', code: 'physician' }] }],
      [version === '4.0' ? 'purposeOfUse' : 'authorization']: [{ coding: [{ code: 'TREAT' }] }],
    });
    expect(agentIn(event, 'userorg').who).toEqual({ reference: 'Organization/h' });
  });

  it('A-11 breaking the glass is its purpose, of event and user, and tells the reason given', () => {
    const event = shownIn(version, { purposes: ['BTG'], breakGlass: { reason: 'unconscious' } });
    const purpose = [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'BTG' }] },
    ];
    if (version === '4.0') {
      expect(event).toMatchObject({ purposeOfEvent: purpose, outcomeDesc: 'permitted: unconscious' });
      expect(agentIn(event, 'user').purposeOfUse).toEqual(purpose);
    } else {
      expect(event).toMatchObject({
        authorization: purpose,
        severity: 'alert',
        outcome: { detail: [{ text: 'permitted' }, { text: 'unconscious' }] },
      });
      expect(agentIn(event, 'user').authorization).toEqual(purpose);
    }
  });
});

describe('audit.md §4, the closed slicing of R4', () => {
  const entityKinds = {
    patient: { system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type', code: '1' },
    consent: { system: 'http://hl7.org/fhir/resource-types', code: 'Consent' },
    token: {
      system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/UserAgentTypes',
      code: 'UserOauthAgent',
    },
  } as const;

  it.each(kindsOf)(
    'Entities: %s has one patient, its consents, at most one token, and nothing else',
    (_name, changes) => {
      const { entity, subtype } = shownIn('4.0', changes);
      const of = ({ code, system }: Coding) =>
        entity.filter(({ type }) => type.code === code && type.system === system);
      const [patients, consents, tokens] = Object.values(entityKinds).map(of);
      expect(entity).toHaveLength((patients?.length ?? 0) + (consents?.length ?? 0) + (tokens?.length ?? 0));
      expect(patients).toMatchObject([
        {
          what: { reference: 'Patient/ann' },
          role: { system: 'http://terminology.hl7.org/CodeSystem/object-role', code: '1' },
        },
      ]);
      expect(tokens?.length).toBeLessThanOrEqual(1);
      for (const { what } of tokens ?? [])
        expect(what?.identifier?.value).toMatch(/^urn:ietf:params:oauth:jti:/);
      //
      expect(subtype.map(({ code }) => code)).toEqual([consents?.length ? 'AuthZ-Consent' : 'AuthZ-Role']);
      for (const { what } of consents ?? []) expect(what?.reference).toMatch(/^Consent\/.+\/_history\/\d+$/);
    },
  );

  it.each(kindsOf)('%s is a security alert whose outcome is 0 or 8 and explained', (_name, changes) => {
    const event = shownIn('4.0', changes);
    expect(event.type).toEqual({ system: dicom, code: '110113' });
    expect(event).toMatchObject({ action: 'E', recorded: expect.any(String) });
    expect(event.outcome).toBe(changes.outcome === 'deny' ? '8' : '0');
    expect(event.outcomeDesc).toMatch(new RegExp(`^${changes.reason ?? 'permitted'}`));
    expect(event).not.toHaveProperty('modifierExtension');
  });
});

let api: Api;
let managed: string;
const october = (minute: number) => ({ recordedAt: asInstant(Date.UTC(2025, 9, 1, 10, minute)) });
const made = {
  byTom: anEntry({ ...october(1) }),
  byTomOfBob: anEntry({
    ...october(2),
    patient: 'Patient/bob',
    review: ['conflict'],
    circumstances: { door: 'b2b', clientId: 'b2b-client', requestId: 'r2' },
  }),
  byOther: anEntry({
    ...october(3),
    requester: {
      type: 'practitioner',
      reference: 'Practitioner/other',
      identifiers: [
        { system: 'https://idp.example', value: 'sub-1' },
        { system: 'urn:staff', value: 'x' },
      ],
      roles: [{ system: 'urn:roles', code: 'nurse' }],
    },
    purposes: ['BTG'],
    breakGlass: { reason: 'unconscious' },
    review: ['break-glass', 'conflict'],
  }),
  byAnn: anEntry({
    ...october(4),
    requester: { type: 'patient', reference: 'Patient/ann' },
    review: ['withheld-from-patient'],
  }),
  read: anInteraction({ ...october(5), interaction: 'read', what: 'Consent/c1/_history/3' }),
};

beforeAll(async () => {
  api = await anApi();
  const patient = await api.call('POST', '/fhir/R4/Patient', {
    body: { resourceType: 'Patient', managingOrganization: { reference: 'Organization/h' } },
  });
  managed = String(patient.json['id']);
  await api.audit.append(Object.values(made));
});
afterAll(() => api.close());

const then = 'date=2025-10-01';
type Base = 'R4' | 'R4B' | 'R5';
const found = async (query: string, as: keyof typeof clients = 'clinic', base: Base = 'R4') => {
  const answer = await api.call('GET', `/fhir/${base}/AuditEvent?${then}&${query}`, { as });
  expect([query, answer.status]).toEqual([query, 200]);
  return idsOf(answer).map((id) => Object.entries(made).find(([, entry]) => entry.id === id)?.[0] ?? id);
};

describe.each(['R4', 'R4B', 'R5'] as const)('audit.md §1 agent, in %s', (base) => {
  it.each<[string, readonly string[]]>([
    ['agent=Practitioner/t', ['byTomOfBob', 'byTom']],
    ['agent=Practitioner/other', ['byOther']],
    [`agent=${issuer}/fhir/R5/Practitioner/other`, ['byOther']],
    ['agent=https://elsewhere.example/Practitioner/other', []],
    ['agent:Practitioner=other', ['byOther']],
    ['agent:Organization=other', []],
    ['agent=Organization/h', ['byTomOfBob', 'byTom']],
    ['agent=Patient/ann', ['byAnn']],
    ['agent=Practitioner/other,Patient/ann', ['byAnn', 'byOther']],
    ['agent=Practitioner/t&agent=Organization/h', ['byTomOfBob', 'byTom']],
    ['agent=Practitioner/t&agent=Practitioner/other', []],
    ['agent=Practitioner/t&patient=bob', ['byTomOfBob']],
    ['agent=Practitioner/nobody', []],
  ])('by reference: %s', async (query, names) => {
    expect(await found(query, 'clinic', base)).toEqual(names);
  });

  it.each<[string, readonly string[]]>([
    ['agent:identifier=b2b-client', ['byTomOfBob']],
    ['agent:identifier=|b2b-client', ['byTomOfBob']],
    ['agent:identifier=urn:npi|7', ['byTomOfBob', 'byTom']],
    ['agent:identifier=urn:staff|7', []],
    ['agent:identifier=https://idp.example|sub-1', ['byOther']],
    ['agent:identifier=urn:staff|x', ['byOther']],
    ['agent:identifier=x', ['byOther']],
    ['agent:identifier=app&agent=Practitioner/other', ['byOther']],
    ['agent:identifier=app', ['read', 'byAnn', 'byOther', 'byTom']],
    [`agent:identifier=urn:ietf:rfc:3986|${issuer}&agent=Practitioner/t`, ['byTomOfBob', 'byTom']],
  ])('by identifier: %s', async (query, names) => {
    expect(await found(query, 'clinic', base)).toEqual(names);
  });

  it('by role', async () => {
    expect(await found('agent-role=urn:roles|nurse', 'clinic', base)).toEqual(['byOther']);
    expect(await found('agent-role=physician', 'clinic', base)).toEqual(['byTomOfBob', 'byTom']);
    expect(await found('agent-role=|physician', 'clinic', base)).toEqual([]);
  });

  it('a bare id that could be of any type is refused', async () => {
    const { status } = await api.call('GET', `/fhir/${base}/AuditEvent?agent=t`);
    expect(status).toBe(400);
  });

  it('the statement of the base tells of it, and of `review` under a definition of ours', async () => {
    const { json } = await api.call('GET', `/fhir/${base}/metadata`);
    const [rest] = json['rest'] as { resource: { type: string; searchParam: { name: string }[] }[] }[];
    const { searchParam = [] } = rest?.resource.find(({ type }) => type === 'AuditEvent') ?? {};
    const names = searchParam.map(({ name }) => name);
    expect([...new Set(names)].filter((name) => !name.includes(':'))).toEqual(names);
    const told = (name: string) => searchParam.filter((parameter) => parameter.name === name);
    expect(told('agent')).toMatchObject([
      { type: 'reference', definition: 'http://hl7.org/fhir/SearchParameter/AuditEvent-agent' },
    ]);
    expect(told('review')).toMatchObject([
      {
        type: 'token',
        definition: `${issuer}/fhir/SearchParameter/AuditEvent-review`,
        documentation: expect.stringContaining('`break-glass`'),
      },
    ]);
  });
});

describe('audit.md §1 agent: pages and limits', () => {
  it('goes on from page to page, with one total', async () => {
    const seen: unknown[] = [];
    let path: string | undefined = `/fhir/R4/AuditEvent?${then}&agent:identifier=app&_count=1`;
    while (path !== undefined) {
      const answer = await api.call('GET', path);
      expect(answer.json['total']).toBe(4);
      seen.push(...idsOf(answer));
      path = linkOf(answer, 'next');
    }
    expect(seen).toEqual([made.read, made.byAnn, made.byOther, made.byTom].map(({ id }) => id));
  });

  it('finds for a client of one patient what is about that patient alone', async () => {
    expect(await found('agent=Practitioner/t', 'ann')).toEqual(['byTom']);
    expect(await found('agent:identifier=b2b-client', 'ann')).toEqual([]);
    expect(await found('agent=Practitioner/t', 'family')).toEqual(['byTomOfBob', 'byTom']);
  });

  it('finds for a client of an organization what is about its patients alone', async () => {
    expect(await found('agent=Practitioner/t', 'hospital')).toEqual([]);
    const entry = anEntry({ patient: `Patient/${managed}`, review: ['break-glass'] });
    await api.audit.append([entry]);
    const query = async (text: string) =>
      idsOf(await api.call('GET', `/fhir/R4/AuditEvent?${text}`, { as: 'hospital' }));
    expect(await query('agent=Practitioner/t')).toEqual([entry.id]);
    expect(await query('review=break-glass')).toEqual([entry.id]);
    expect(await query('agent=Practitioner/other')).toEqual([]);
  });
});

describe('consent-decisioning.md B-5, C-5, R-26 what is listed for review', () => {
  it.each(['R4', 'R5'] as const)('is found by the reason, newest first, in %s', async (base) => {
    expect(await found('review=break-glass', 'clinic', base)).toEqual(['byOther']);
    expect(await found('review=conflict', 'clinic', base)).toEqual(['byOther', 'byTomOfBob']);
    expect(await found('review=conflict&review=break-glass', 'clinic', base)).toEqual(['byOther']);
    expect(await found(`review=${reviewReasons.join(',')}`, 'clinic', base)).toEqual([
      'byAnn',
      'byOther',
      'byTomOfBob',
    ]);
    expect(await found('review=unreadable-consent', 'clinic', base)).toEqual([]);
    expect(await found('review=conflict&agent=Practitioner/t', 'clinic', base)).toEqual(['byTomOfBob']);
  });

  it('does not tell a patient, by the search or by what is shown, that something was withheld (R-26)', async () => {
    expect(await found('review=withheld-from-patient')).toEqual(['byAnn']);
    expect(await found('review=withheld-from-patient', 'ann')).toEqual([]);
    expect(await found('review=withheld-from-patient', 'family')).toEqual([]);
    expect(await found('review=withheld-from-patient,break-glass', 'ann')).toEqual(['byOther']);
    const shown = await api.call('GET', `/fhir/R4/AuditEvent/${made.byAnn.id}`, { as: 'ann' });
    expect(shown.status).toBe(200);
    expect(shown.text).not.toContain('withheld');
    const searched = await api.call('GET', `/fhir/R4/AuditEvent?${then}`, { as: 'ann' });
    expect(entriesOf(searched)).toHaveLength(4);
    expect(searched.text).not.toContain('withheld');
    expect(searched.text).toContain('break-glass');
    const officer = await api.call('GET', `/fhir/R4/AuditEvent/${made.byAnn.id}`);
    expect(officer.text).toContain('withheld-from-patient');
  });
});
