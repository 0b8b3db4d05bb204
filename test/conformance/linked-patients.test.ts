/**
 * Who may say that two records are one person's, or who belongs to a Group (fhir-consent.md EV-4): consents of one then
 * count for the other, so that a link is a key to a record. Written as somebody would who wants that key.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import {
  type Answer,
  type Api,
  anApi,
  type clients,
  issuer,
  type Sent,
  seen,
} from '../protocols/fhir-api/api.ts';
import { file, unknownId } from './rest.ts';

let api: Api;
/** In the care of the hospital; of somebody else; linked by an administrator; a Group. */
let own: string;
let victim: string;
let linked: string;
let group: string;

const managingOrganization = { reference: 'Organization/h' };
const linkTo = (other: JsonObject): JsonObject => ({ link: [{ other, type: 'seealso' }] });
const victimNumber = { system: 'urn:mrn', value: 'victim-1' };

beforeAll(async () => {
  api = await anApi();
  own = await file(api, { resourceType: 'Patient', managingOrganization });
  victim = await file(api, { resourceType: 'Patient', identifier: [victimNumber] });
  linked = await file(api, {
    resourceType: 'Patient',
    managingOrganization,
    ...linkTo({ reference: `Patient/${own}` }),
  });
  group = await file(api, { resourceType: 'Group', type: 'person', actual: true });
});
afterAll(() => api.close());

type Attempt = readonly [name: string, send: (target: string, as: Attacker) => Promise<Answer>];
type Attacker = keyof typeof clients;

/** Of an organization, with every scope and authority there is; of two patients; of one. */
const limited: readonly Attacker[] = ['hospital', 'family', 'ann'];
const send = (as: Attacker, method: string, path: string, sent: Sent = {}, base = '/fhir/R4') =>
  api.call(method, `${base}/${path}`, { as, ...sent });

const members = (type: string, target: string): JsonObject =>
  type === 'Patient'
    ? { resourceType: 'Patient', managingOrganization, ...linkTo({ reference: target }) }
    : {
        resourceType: 'Group',
        type: 'person',
        actual: true,
        member: [{ entity: { reference: target } }],
      };
const added = (type: string, target: string) =>
  type === 'Patient'
    ? { op: 'add', path: '/link', value: linkTo({ reference: target })['link'] }
    : { op: 'add', path: '/member', value: [{ entity: { reference: target } }] };

const attemptsOn = (type: 'Patient' | 'Group'): readonly Attempt[] => {
  const id = () => (type === 'Patient' ? own : group);
  const body = (target: string) => members(type, target);
  const headers = { 'if-none-exist': 'identifier=urn:x|none' };
  return [
    ['create', (target, as) => send(as, 'POST', type, { body: body(target) })],
    ['create in R5', (target, as) => send(as, 'POST', type, { body: body(target) }, '/fhir/R5')],
    ['create unless there', (target, as) => send(as, 'POST', type, { body: body(target), headers })],
    ['update', (target, as) => send(as, 'PUT', `${type}/${id()}`, { body: { ...body(target), id: id() } })],
    [
      'update of what is hidden',
      (target, as) => send(as, 'PUT', `${type}/${victim}`, { body: { ...body(target), id: victim } }),
    ],
    ['conditional update', (target, as) => send(as, 'PUT', `${type}?_id=${id()}`, { body: body(target) })],
    ['patch', (target, as) => send(as, 'PATCH', `${type}/${id()}`, { body: [added(type, target)] })],
    [
      'conditional patch',
      (target, as) => send(as, 'PATCH', `${type}?_id=${id()}`, { body: [added(type, target)] }),
    ],
  ];
};
const attempts = (['Patient', 'Group'] as const).flatMap((type) =>
  attemptsOn(type).map(([name, attempt]) => [type, name, attempt] as const),
);

describe('fhir-consent.md EV-4 a client with limits', () => {
  it.each(attempts)('%s: %s is refused alike, whoever it names', async (_type, _name, attempt) => {
    for (const as of limited) {
      const targets = [victim, own, unknownId].flatMap((id) => [
        `Patient/${id}`,
        `${issuer}/fhir/R5/Patient/${id}`,
        `Patient/${id}/_history/1`,
      ]);
      const answers = await Promise.all(targets.map((target) => attempt(target, as)));
      for (const answer of answers) {
        expect([as, answer.status]).toEqual([as, 403]);
        expect(seen(answer)).toEqual(seen(answers[0] as Answer));
        expect(answer.text).not.toContain(victim);
      }
    }
    for (const path of [`Patient/${own}`, `Patient/${victim}`, `Group/${group}`]) {
      const { json } = await api.call('GET', `/fhir/R4/${path}`);
      expect(json['meta']).toMatchObject({ versionId: '1' });
      expect([json['link'], json['member']]).toEqual([undefined, undefined]);
    }
  });

  it('cannot link by an identifier that somebody else has, and does not learn whether anybody has it', async () => {
    const by = (value: string) =>
      send('hospital', 'POST', 'Patient', {
        body: {
          resourceType: 'Patient',
          managingOrganization,
          ...linkTo({ identifier: { ...victimNumber, value }, type: 'Patient' }),
        },
      });
    const [there, not] = [await by('victim-1'), await by('nobody-has-it')];
    expect(there.status).toBe(403);
    expect(seen(there)).toEqual(seen(not));
  });

  it('cannot take a link away, delete what is linked, or keep one while changing the rest', async () => {
    const body = { resourceType: 'Patient', id: linked, managingOrganization };
    const kept = { ...body, ...linkTo({ reference: `Patient/${own}` }), active: true };
    for (const [method, sent] of [
      ['PUT', { body }],
      ['PUT', { body: kept }],
      ['PATCH', { body: [{ op: 'remove', path: '/link' }] }],
      ['DELETE', {}],
    ] as const)
      expect([method, (await send('hospital', method, `Patient/${linked}`, sent)).status]).toEqual([
        method,
        403,
      ]);
    const { json } = await api.call('GET', `/fhir/R4/Patient/${linked}`);
    expect(json).toMatchObject({ meta: { versionId: '1' }, link: [{ type: 'seealso' }] });
  });

  it('cannot become the linked record of its own by the other way round: a RelatedPerson, a role, a device', async () => {
    const patient = { reference: `Patient/${victim}` };
    for (const body of [
      { resourceType: 'RelatedPerson', patient },
      { resourceType: 'Device', patient },
      { resourceType: 'CareTeam', subject: patient },
      { resourceType: 'PractitionerRole', organization: managingOrganization },
      { resourceType: 'Organization', partOf: managingOrganization },
    ])
      expect([
        body.resourceType,
        (await send('hospital', 'POST', body.resourceType, { body })).status,
      ]).toEqual([body.resourceType, 403]);
  });
});

describe('fhir-consent.md EV-4 a client without limits', () => {
  it('says who is who, of anybody, and what it said stays when the rest changes', async () => {
    const made = await api.call('POST', '/fhir/R4/Patient', {
      body: members('Patient', `Patient/${victim}`),
    });
    expect(made.status).toBe(201);
    const id = String(made.json['id']);
    const again = await api.call('PUT', `/fhir/R4/Patient/${id}`, {
      body: { ...members('Patient', `Patient/${victim}`), id, active: true },
    });
    expect([again.status, again.json['link']]).toEqual([200, made.json['link']]);
    const listed = await api.call('POST', '/fhir/R4/Group', { body: members('Group', `Patient/${victim}`) });
    expect(listed.status).toBe(201);
  });
});
