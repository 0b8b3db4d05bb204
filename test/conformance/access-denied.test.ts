/** Nobody learns of a consent out of reach that it exists (access-denied-and-enforcement.md §§1–3, §11 rows 1, 9–11). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Answer,
  type Api,
  anApi,
  entriesOf,
  idsOf,
  linkOf,
  type Sent,
  seen,
} from '../protocols/fhir-api/api.ts';
import { consentR4, consentR5 } from '../protocols/fhir-api/consents.ts';
import { anIdentifier, asToken, file, stateOf, statusOf, unknownId } from './rest.ts';

let api: Api;
/** What others than ann have on file: living, deleted, and of no patient. */
const hidden = { living: '', deleted: '', ofGroup: '' };
const known = anIdentifier();
const hiddenToken = asToken(known);
const missingToken = asToken(anIdentifier());

beforeAll(async () => {
  api = await anApi();
  const identifier = [known];
  hidden.living = await file(api, consentR4('bob', { identifier }));
  hidden.deleted = await file(api, consentR4('bob'));
  await api.call('DELETE', `/fhir/R4/Consent/${hidden.deleted}`);
  hidden.ofGroup = await file(api, consentR5('x', { subject: { reference: 'Group/g' } }), {
    base: '/fhir/R5',
  });
});
afterAll(() => api.close());

const limited = ['ann', 'hospital'] as const;
type Limited = (typeof limited)[number];
const patch = [{ op: 'replace', path: '/status', value: 'inactive' }];

/** Both answers, with the id that was asked for taken out of what may repeat it. */
async function alike(
  method: string,
  pathOf: (id: string) => string,
  sentOf: (id: string) => Sent,
  id: string,
) {
  const ask = async (one: string) => {
    const answer = seen(await api.call(method, pathOf(one), sentOf(one)));
    return JSON.stringify(answer).replaceAll(one, 'ID');
  };
  const [ofHidden, ofMissing] = [await ask(id), await ask(unknownId)];
  expect(ofHidden).toBe(ofMissing);
  return JSON.parse(ofHidden) as { readonly status: number; readonly text: string };
}

const preconditions: readonly Record<string, string>[] = [
  {},
  { 'if-match': 'W/"1"' },
  { 'if-match': 'W/"9"' },
  { 'if-match': 'nonsense' },
  { 'if-none-match': 'W/"1"' },
  { 'if-none-match': '*' },
  { 'if-modified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' },
  { prefer: 'return=minimal' },
];

describe.each(limited)('access-denied-and-enforcement.md §2, §11 rows 1 and 11, to %s', (as) => {
  const reads = (
    [
      '',
      '/_history',
      '/_history/1',
      '/_history/2',
      '/_history?_since=2020-01-01T00:00:00Z',
      '/_history?_at=2026',
      '/_history?_count=1',
      '/_history?_summary=count',
      '?_summary=true',
      '?_elements=status',
      '?_pretty=true',
    ] as const
  ).map((rest) => ['GET', rest, () => ({})] as const);
  const writes = [
    ['PUT', '', (id: string) => ({ body: consentR4('ann', { id }) })],
    ['PUT', '', (id: string) => ({ body: consentR4('bob', { id }) })],
    ['PUT', '', (id: string) => ({ body: consentR4('ann', { id: `${id}x` }) })],
    ['PUT', '', () => ({ body: { resourceType: 'Consent' } })],
    ['PATCH', '', () => ({ body: patch })],
    ['PATCH', '', () => ({ body: [{ op: 'test', path: '/status', value: 'active' }] })],
    ['PATCH', '', () => ({ body: [{ op: 'test', path: '/status', value: 'draft' }] })],
    ['PATCH', '', () => ({ body: 'no patch' })],
    ['DELETE', '', () => ({})],
  ] as const;

  it.each([...reads, ...writes].map(([method, rest, sent], row) => ({ row, method, rest, sent })))(
    'a hidden id answers as an unknown one, byte by byte, whatever the precondition (AD-1, AD-6): $row $method [id]$rest',
    async ({ method, rest, sent }) => {
      for (const headers of preconditions)
        for (const [name, id] of Object.entries(hidden))
          for (const base of ['/fhir/R4', '/fhir/R5']) {
            const { status } = await alike(
              method,
              (each) => `${base}/Consent/${each}${rest}`,
              (each) => ({ as: as as Limited, headers, ...sent(each) }),
              id,
            );
            expect([name, base, [200, 304, 406, 410, 412].includes(status) && method !== 'DELETE']).toEqual([
              name,
              base,
              false,
            ]);
          }
      expect(await stateOf(api, `/fhir/R4/Consent/${hidden.living}`)).toEqual(['1', 'active']);
    },
  );

  const conditionals: readonly (readonly [string, string, (criteria: string) => readonly [string, Sent]])[] =
    [
      [
        'conditional create (If-None-Exist) as no match (row 9)',
        'POST',
        (criteria) => ['', { body: consentR4('bob'), headers: { 'if-none-exist': criteria } }],
      ],
      ['conditional update', 'PUT', (criteria) => [`?${criteria}`, { body: consentR4('bob') }]],
      [
        'conditional update with an id',
        'PUT',
        (criteria) => [`?${criteria}`, { body: consentR4('bob', { id: hidden.living }) }],
      ],
      ['conditional patch', 'PATCH', (criteria) => [`?${criteria}`, { body: patch }]],
      ['conditional delete (row 10)', 'DELETE', (criteria) => [`?${criteria}`, {}]],
    ];

  it.each(conditionals)('%s: what is hidden counts as not there', async (_, method, sent) => {
    for (const [ofHidden, ofMissing] of [
      [`identifier=${hiddenToken}`, `identifier=${missingToken}`],
      [`_id=${hidden.living}`, `_id=${unknownId}`],
      [`_id=${hidden.deleted}`, `_id=${unknownId}`],
      [`patient=bob&identifier=${hiddenToken}`, `patient=bob&identifier=${missingToken}`],
    ] as const) {
      const ask = async (criteria: string) => {
        const [query, rest] = sent(criteria);
        return seen(await api.call(method, `/fhir/R4/Consent${query}`, { as: as as Limited, ...rest }));
      };
      expect(await ask(ofHidden)).toEqual(await ask(ofMissing));
    }
    expect(await stateOf(api, `/fhir/R4/Consent/${hidden.living}`)).toEqual(['1', 'active']);
  });

  it('search: hidden ones are neither shown nor counted nor paged over (§1)', async () => {
    for (const query of [
      `identifier=${hiddenToken}`,
      `_id=${hidden.living}`,
      'patient=bob',
      'patient=Patient/bob&_summary=count',
      `_id=${hidden.living}&_count=0`,
      `_id=${hidden.living}&_total=accurate`,
      `_id=${hidden.ofGroup}`,
      `_id=${hidden.deleted}`,
    ]) {
      const answer = await api.call('GET', `/fhir/R5/Consent?${query}`, { as: as as Limited });
      expect([query, answer.status, answer.json['total'], answer.json['entry']]).toEqual([
        query,
        200,
        0,
        undefined,
      ]);
      expect(linkOf(answer, 'next')).toBeUndefined();
    }
    const compartment = await api.call('GET', '/fhir/R4/Patient/bob/Consent', { as: as as Limited });
    const unknown = await api.call('GET', '/fhir/R4/Patient/nobody/Consent', { as: as as Limited });
    expect(compartment.text.replaceAll('bob', 'ID')).toBe(unknown.text.replaceAll('nobody', 'ID'));
    expect(
      (await api.call('GET', '/fhir/R4/Consent?_summary=count', { as: as as Limited })).json['total'],
    ).toBe(entriesOf(await api.call('GET', '/fhir/R4/Consent?_count=200', { as: as as Limited })).length);
  });

  it('history of the type: nothing hidden, no gap, no count', async () => {
    const answer = await api.call('GET', '/fhir/R5/Consent/_history?_count=200', { as: as as Limited });
    for (const id of Object.values(hidden)) expect(answer.text).not.toContain(id);
    expect(answer.json['total'] ?? 0).toBe(entriesOf(answer).length);
  });

  it('sort, include and chain do not tell of what is hidden', async () => {
    const mrn = anIdentifier();
    const stranger = await file(api, { resourceType: 'Patient', identifier: [mrn] });
    await file(api, consentR4(stranger));
    const found = (query: string) => api.call('GET', `/fhir/R4/Consent?${query}`, { as: as as Limited });
    for (const query of [
      `patient.identifier=${asToken(mrn)}`,
      `patient:identifier=${asToken(mrn)}`,
      `actor:Patient.identifier=${asToken(mrn)}`,
    ])
      expect((await found(query)).json['total']).toBe(0);
  });
});

describe('access-denied-and-enforcement.md §3.1 chains and includes from what is in reach', () => {
  it('a chain does not tell that a hidden patient has an identifier', async () => {
    const mrn = anIdentifier();
    const stranger = await file(api, { resourceType: 'Patient', identifier: [mrn] });
    const actor = [{ role: { coding: [{ code: 'IRCP' }] }, reference: { reference: `Patient/${stranger}` } }];
    await file(api, consentR4('ann', { provision: { type: 'deny', actor } }), { as: 'ann' });
    const query = `/fhir/R4/Consent?actor:Patient.identifier=${asToken(mrn)}`;
    expect((await api.call('GET', query)).json['total']).toBe(1);
    expect((await api.call('GET', query, { as: 'ann' })).json['total']).toBe(0);
  });

  it('an include leaves a hidden patient out and keeps the match (§11 row 4)', async () => {
    const stranger = await file(api, { resourceType: 'Patient' });
    const actor = [{ role: { coding: [{ code: 'IRCP' }] }, reference: { reference: `Patient/${stranger}` } }];
    const id = await file(api, consentR4('ann', { provision: { type: 'deny', actor } }), { as: 'ann' });
    const query = `/fhir/R4/Consent?_id=${id}&_include=Consent:actor`;
    expect(idsOf(await api.call('GET', query))).toEqual([id, stranger]);
    expect(idsOf(await api.call('GET', query, { as: 'ann' }))).toEqual([id]);
  });

  it('a revinclude leaves hidden consents out (§11 row 5)', async () => {
    const organization = await file(api, { resourceType: 'Organization', name: 'Clinic' });
    const actor = [
      { role: { coding: [{ code: 'IRCP' }] }, reference: { reference: `Organization/${organization}` } },
    ];
    const provision = { type: 'deny', actor };
    const own = await file(api, consentR4('ann', { provision }));
    const others = await file(api, consentR4('bob', { provision }));
    for (const query of ['_revinclude=Consent:actor', '_revinclude=Consent:provision-actor']) {
      const path = `/fhir/R4/Organization?_id=${organization}&${query}`;
      expect(idsOf(await api.call('GET', path)).toSorted()).toEqual([organization, own, others].toSorted());
      expect(idsOf(await api.call('GET', path, { as: 'ann' })).toSorted()).toEqual(
        [organization, own].toSorted(),
      );
    }
  });

  it('a revinclude of AuditEvents brings those within reach alone', async () => {
    const organization = await file(api, { resourceType: 'Organization', name: 'Clinic' });
    await api.call('GET', `/fhir/R4/Organization/${organization}`);
    const query = `/fhir/R4/Organization?_id=${organization}&_revinclude=AuditEvent:entity`;
    expect(idsOf(await api.call('GET', query)).length).toBeGreaterThan(1);
    expect(idsOf(await api.call('GET', query, { as: 'ann' }))).toEqual([organization]);
  });

  it('a reference to what is hidden is taken like one to what is missing (§3.1 writes)', async () => {
    const stranger = await file(api, { resourceType: 'Patient' });
    const post = async (id: string) => {
      const actor = [{ role: { coding: [{ code: 'IRCP' }] }, reference: { reference: `Patient/${id}` } }];
      return statusOf(
        api.call('POST', '/fhir/R4/Consent', {
          as: 'ann',
          body: consentR4('ann', { provision: { type: 'deny', actor } }),
        }),
      );
    };
    expect([await post(stranger), await post(unknownId)]).toEqual([201, 201]);
  });

  it('a paging link shows nothing that its holder may not see', async () => {
    for (let n = 0; n < 2; n++) await file(api, consentR4('bob'));
    const next = linkOf(await api.call('GET', '/fhir/R4/Consent?patient=bob&_count=1'), 'next') ?? '';
    const answer = await api.call('GET', next, { as: 'ann' });
    const made = await api.call('GET', '/fhir/R4/Consent?_page=made-up', { as: 'ann' });
    expect(answer.status).toBe(400);
    expect(seen(answer)).toEqual(seen(made));
  });
});

describe('access-denied-and-enforcement.md AD-1 the order of refusals', () => {
  const refusals = async (as: Sent['as'], id: string) => {
    const answers: Answer[] = [];
    for (const [method, sent] of [
      ['GET', {}],
      ['PUT', { body: consentR4('bob', { id }) }],
      ['PATCH', { body: patch }],
      ['DELETE', {}],
    ] as const)
      answers.push(await api.call(method, `/fhir/R4/Consent/${id}`, { as, ...sent } as Sent));
    return answers;
  };

  it('no token: 401, whatever is there', async () => {
    for (const id of [hidden.living, hidden.deleted, unknownId])
      expect((await refusals(null, id)).map(({ status }) => status)).toEqual([401, 401, 401, 401]);
  });

  it('no scope: 403, whatever is there', async () => {
    for (const id of [hidden.living, hidden.deleted, unknownId]) {
      const [, ...answers] = await refusals('reader', id);
      expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
    }
  });

  it('a patient deletes nothing: 403, whatever is there', async () => {
    const own = await file(api, consentR4('ann'), { as: 'ann' });
    const answers: ReturnType<typeof seen>[] = [];
    for (const id of [own, hidden.living, hidden.deleted, unknownId])
      answers.push(seen(await api.call('DELETE', `/fhir/R4/Consent/${id}`, { as: 'ann' })));
    for (const answer of answers) expect(answer).toEqual({ ...answers[0], status: 403 });
    for (const query of [`_id=${own}`, `identifier=${hiddenToken}`])
      expect(await statusOf(api.call('DELETE', `/fhir/R4/Consent?${query}`, { as: 'ann' }))).toBe(403);
    expect(await statusOf(api.call('GET', `/fhir/R4/Consent/${own}`))).toBe(200);
  });
});

describe('access-denied-and-enforcement.md AD-5', () => {
  it('410 to whoever could read it while it was there, 404 to others', async () => {
    const id = await file(api, consentR4('ann'));
    await api.call('DELETE', `/fhir/R4/Consent/${id}`);
    for (const path of [`/${id}`, `/${id}/_history/2`]) {
      const statuses: unknown[] = [];
      for (const as of ['clinic', 'ann', 'family', 'bob', 'hospital'] as const)
        statuses.push([as, await statusOf(api.call('GET', `/fhir/R4/Consent${path}`, { as }))]);
      expect(statuses).toEqual([
        ['clinic', 410],
        ['ann', 410],
        ['family', 410],
        ['bob', 404],
        ['hospital', 404],
      ]);
    }
  });

  it('to delete again tells nobody anything', async () => {
    const id = await file(api, consentR4('ann'));
    const answers: ReturnType<typeof seen>[] = [];
    for (const each of [id, id, unknownId, hidden.deleted])
      answers.push(seen(await api.call('DELETE', `/fhir/R4/Consent/${each}`)));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });
});

describe('access-denied-and-enforcement.md AD-6', () => {
  it('304 and 412 are for those in reach alone', async () => {
    const id = await file(api, consentR4('ann'));
    const read = (as: 'ann' | 'bob') =>
      statusOf(api.call('GET', `/fhir/R4/Consent/${id}`, { as, headers: { 'if-none-match': 'W/"1"' } }));
    expect([await read('ann'), await read('bob')]).toEqual([304, 404]);
    const write = (as: 'ann' | 'bob') =>
      statusOf(
        api.call('PATCH', `/fhir/R4/Consent/${id}`, { as, body: patch, headers: { 'if-match': 'W/"9"' } }),
      );
    expect([await write('ann'), await write('bob')]).toEqual([412, 404]);
  });

  it('who may not touch what is in reach is told so before the precondition', async () => {
    const id = await file(api, consentR4('ann'));
    const write = (headers: Record<string, string>) =>
      statusOf(api.call('PATCH', `/fhir/R4/Consent/${id}`, { as: 'scanner', body: patch, headers }));
    expect([await write({ 'if-match': 'W/"1"' }), await write({ 'if-match': 'W/"9"' })]).toEqual([403, 403]);
  });
});

describe('access-denied-and-enforcement.md §1', () => {
  it('no answer tells product, stack or statements', async () => {
    for (const answer of [
      await api.call('GET', `/fhir/R4/Consent/${unknownId}`),
      await api.call('POST', '/fhir/R4/Consent', { raw: '{' }),
      await api.call('GET', '/fhir/R4/Consent?date=x'),
      await api.call('GET', '/fhir/R4/nothing'),
    ]) {
      expect(answer.text).not.toMatch(/node|hono|postgres|drizzle|select |\/work\/|\.ts\b/i);
      for (const name of ['server', 'x-powered-by']) expect(answer.headers.has(name)).toBe(false);
    }
  });
});
