/** Search result parameters of fhir-consent.md §8, at every base. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Answer,
  type Api,
  anApi,
  entriesOf,
  idsOf,
  issuer,
  issuesOf,
  linkOf,
} from '../protocols/fhir-api/api.ts';
import { anIdentifier, asToken, bases, file, narrative, statusOf, subsetted } from './rest.ts';

let api: Api;
const organization = { id: '' };
const group = { id: '' };

/** Of one patient, in the order they were filed. */
const consents = [
  { name: 'may', status: 'active', on: '2026-05-02' },
  { name: 'dateless', status: 'active', on: undefined },
  { name: 'march', status: 'inactive', on: '2026-03-02' },
  { name: 'june', status: 'draft', on: '2026-06-02' },
] as const;
const ids: Record<string, string> = {};
const nameOf = (id: unknown) => Object.keys(ids).find((name) => ids[name] === id);

const purposeOf = (code: string) => [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code }];
const patients: Record<string, string> = {};

beforeAll(async () => {
  api = await anApi();
  organization.id = await file(api, { resourceType: 'Organization', name: 'Clinic' });
  group.id = await file(api, { resourceType: 'Group', type: 'person', actual: true });
  patients['own'] = await file(api, {
    resourceType: 'Patient',
    managingOrganization: { reference: `Organization/${organization.id}` },
  });
  const actor = [
    { role: { coding: [{ code: 'IRCP' }] }, reference: { reference: `Organization/${organization.id}` } },
    { role: { coding: [{ code: 'IRCP' }] }, reference: { reference: `Group/${group.id}` } },
  ];
  for (const { name, status, on } of consents) {
    const { consent } = bases[0];
    ids[name] = await file(
      api,
      consent(patients['own'], {
        text: narrative('<p>what was said</p>'),
        status,
        ...(on === undefined ? {} : { dateTime: on }),
        identifier: [{ system: 'urn:test:name', value: name }],
        provision: {
          type: 'deny',
          actor,
          purpose: purposeOf('HRESCH'),
          data: [{ meaning: 'instance', reference: { reference: 'Observation/1' } }],
        },
      }),
    );
    api.later(60);
  }
});
afterAll(() => api.close());

const json = 'application/fhir+json';

describe.each(bases)('fhir-consent.md §8 at $base', ({ base, version, consent, owner, date }) => {
  const get = (
    path: string,
    headers: Record<string, string> = {},
    as: 'clinic' | 'reader' | 'scanner' = 'clinic',
  ) => api.call('GET', path.startsWith('/') ? path : `${base}/Consent?${path}`, { headers, as });
  const own = (query: string) => get(`patient=${patients['own']}&${query}`);
  const found = async (query: string) => idsOf(await own(query)).map(nameOf);
  const one = (query: string) => get(`${base}/Consent/${ids['may']}${query}`);
  const matches = (answer: Answer) =>
    (answer.json['entry'] as { search: { mode: string }; resource: { resourceType: string; id: string } }[])
      .filter(({ search }) => search.mode === 'match')
      .map(({ resource }) => resource);
  const alongWith = (answer: Answer) =>
    (
      (answer.json['entry'] ?? []) as {
        search: { mode: string };
        resource: { resourceType: string; id: string };
      }[]
    )
      .filter(({ search }) => search.mode === 'include')
      .map(({ resource }) => `${resource.resourceType}/${resource.id}`);
  const tagsOf = ({ json: body }: Answer) => (body['meta'] as { tag?: unknown[] }).tag;

  describe('_summary', () => {
    it('true: the elements of the summary, tagged SUBSETTED', async () => {
      const answer = await one('?_summary=true');
      expect(answer.json).toMatchObject({
        status: 'active',
        [owner]: {},
        identifier: [{}],
        [date]: '2026-05-02',
      });
      expect(answer.json['text']).toBeUndefined();
      expect(JSON.stringify(answer.json['provision'])).not.toContain('actor');
      expect(JSON.stringify(answer.json['provision'])).toContain('HRESCH');
      expect(tagsOf(answer)).toContainEqual(subsetted);
    });

    it('text: the narrative with what is mandatory, tagged SUBSETTED', async () => {
      const answer = await one('?_summary=text');
      expect(answer.json).toMatchObject({ id: ids['may'], text: { status: 'generated' }, status: 'active' });
      expect(answer.json['identifier']).toBeUndefined();
      if (version === '5.0') expect(answer.json['decision']).toBe('deny');
      else expect(answer.json).toMatchObject({ scope: {}, category: [{}] });
      expect(tagsOf(answer)).toContainEqual(subsetted);
    });

    it('data: all but the narrative, tagged SUBSETTED', async () => {
      const answer = await one('?_summary=data');
      const { text: _, meta: __, ...rest } = (await one('')).json;
      const { meta: ___, ...data } = answer.json;
      expect(data).toEqual(rest);
      expect(tagsOf(answer)).toContainEqual(subsetted);
    });

    it('false: everything, without the tag', async () => {
      expect((await one('?_summary=false')).json).toEqual((await one('')).json);
    });

    it('count: the total alone, no entries', async () => {
      for (const query of ['_summary=count', '_summary=count&_total=none', '_summary=count&_count=2']) {
        const answer = await own(query);
        expect([query, answer.json['total'], answer.json['entry']]).toEqual([query, 4, undefined]);
      }
    });

    it('shapes each entry of a search', async () => {
      for (const { meta, text } of entriesOf(await own('_summary=true')).map(({ resource }) => resource)) {
        expect((meta as { tag: unknown[] }).tag).toContainEqual(subsetted);
        expect(text).toBeUndefined();
      }
    });

    it('of another kind, or two at once, is refused with 400', async () => {
      for (const query of [
        '?_summary=most',
        '?_summary=true&_summary=false',
        '?_summary=true&_elements=status',
      ])
        expect([query, (await one(query)).status]).toEqual([query, 400]);
    });
  });

  describe('_elements', () => {
    it('shows those named and what is mandatory, tagged SUBSETTED', async () => {
      const answer = await one('?_elements=identifier,Consent.status');
      expect(answer.json).toMatchObject({
        resourceType: 'Consent',
        id: ids['may'],
        identifier: [{}],
        status: 'active',
      });
      for (const absent of ['text', 'provision', owner, date]) expect(answer.json).not.toHaveProperty(absent);
      expect(tagsOf(answer)).toContainEqual(subsetted);
    });

    it('a body so tagged is refused on update and on create with 422', async () => {
      const id = await file(api, consent('ann'), { base });
      const shown = await get(`${base}/Consent/${id}?_elements=${owner}`);
      const whole = { ...consent('ann'), id, meta: shown.json['meta'] };
      for (const body of [shown.json, whole]) {
        const answer = await api.call('PUT', `${base}/Consent/${id}`, { body });
        expect([400, 422]).toContain(answer.status);
      }
      const answer = await api.call('PUT', `${base}/Consent/${id}`, { body: whole });
      expect([answer.status, issuesOf(answer)[0]?.code]).toEqual([422, 'business-rule']);
      expect(await statusOf(api.call('POST', `${base}/Consent`, { body: whole }))).toBe(422);
    });
  });

  describe('_count and paging', () => {
    it('_count shows so many, 0 the total alone, and the links lead through all once', async () => {
      expect(await found('_count=3')).toEqual(['may', 'dateless', 'march']);
      expect((await own('_count=0')).json).toMatchObject({ total: 4 });
      const seen: unknown[] = [];
      for (let path = linkOf(await own('_count=3'), 'self'); path; ) {
        const answer = await get(path);
        expect(answer.json['total']).toBe(4);
        seen.push(...idsOf(answer).map(nameOf));
        path = linkOf(answer, 'next');
      }
      expect(seen).toEqual(['may', 'dateless', 'march', 'june']);
    });

    it('links `self first previous next`, of which those to other pages tell nothing', async () => {
      const first = await own('_count=2');
      const next = linkOf(first, 'next') ?? '';
      expect(next).toMatch(/\?_page=[\w-]+$/);
      expect(Buffer.from(next.split('_page=')[1] ?? '', 'base64url').toString('latin1')).not.toContain(
        patients['own'],
      );
      const second = await get(next);
      expect(linkOf(second, 'self')).toContain('_page=');
      expect(linkOf(second, 'first')).toBe(linkOf(first, 'self'));
      expect(idsOf(await get(linkOf(second, 'previous') ?? ''))).toEqual(idsOf(first));
      expect(idsOf(await get(linkOf(second, 'self') ?? ''))).toEqual(idsOf(second));
      expect([linkOf(first, 'previous'), linkOf(second, 'next')]).toEqual([undefined, undefined]);
    });

    it('what is filed or deleted meanwhile moves no match from one page to another', async () => {
      const patient = `moving-${base.replaceAll('/', '')}`;
      const filed: string[] = [];
      for (let n = 0; n < 4; n++) {
        filed.push(await file(api, consent(patient), { base }));
        api.later(1);
      }
      const first = await get(`patient=${patient}&_count=2`);
      await api.call('DELETE', `${base}/Consent/${filed[0]}`);
      expect(idsOf(await get(linkOf(first, 'next') ?? ''))).toEqual(filed.slice(2));
    });

    it('a link of another client, of another base or type, or changed: 400', async () => {
      const next = linkOf(await own('_count=2'), 'next') ?? '';
      expect((await get(next, {}, 'scanner')).status).toBe(400);
      const token = next.split('_page=')[1] ?? '';
      const tampered = `${token.startsWith('A') ? 'B' : 'A'}${token.slice(1)}`;
      const other = base === '/fhir/R5' ? '/fhir/R4' : '/fhir/R5';
      for (const path of [
        `${base}/Consent?_page=${tampered}`,
        `${base}/Consent?_page=${token.slice(0, -4)}`,
        `${base}/Consent?_page=2`,
        `${other}/Consent?_page=${token}`,
        `${base}/Organization?_page=${token}`,
        `${base}/Patient/${patients['own']}/Consent?_page=${token}`,
        `${base}/Consent/${ids['may']}/_history?_page=${token}`,
      ]) {
        const answer = await get(path);
        expect([path, answer.status, issuesOf(answer)[0]?.code]).toEqual([path, 400, 'value']);
      }
    });

    it('a link with another query beside it: 400', async () => {
      const next = linkOf(await own('_count=2'), 'next') ?? '';
      for (const more of ['&patient=bob', '&status=active', '&_count=200', '&_sort=-date', '&_summary=true'])
        expect([more, (await get(next + more)).status]).toEqual([more, 400]);
      expect((await get(`${next}&_pretty=true&_format=json`)).status).toBe(200);
    });
  });

  describe('_sort', () => {
    it('by one name, up and down, what has no value last', async () => {
      expect(await found('_sort=date')).toEqual(['march', 'may', 'june', 'dateless']);
      expect(await found('_sort=-date')).toEqual(['june', 'may', 'march', 'dateless']);
      expect(await found('_sort=-_lastUpdated')).toEqual(['june', 'march', 'dateless', 'may']);
    });

    it('by several names', async () => {
      expect(await found('_sort=status,-_lastUpdated')).toEqual(['dateless', 'may', 'june', 'march']);
      expect(await found('_sort=-status,date')).toEqual(['march', 'june', 'may', 'dateless']);
    });

    it('holds across pages', async () => {
      const seen: unknown[] = [];
      for (let path = linkOf(await own('_sort=-date&_count=1'), 'self'); path; ) {
        const answer = await get(path);
        seen.push(...idsOf(answer).map(nameOf));
        path = linkOf(answer, 'next');
      }
      expect(seen).toEqual(['june', 'may', 'march', 'dateless']);
    });

    it('by a name that is not known: ignored when lenient, 400 when strict', async () => {
      expect((await own('_sort=unknown')).status).toBe(200);
      expect((await get('_sort=unknown', { prefer: 'handling=strict' })).status).toBe(400);
    });
  });

  describe('_total', () => {
    it('none: no total; estimate and accurate: the total', async () => {
      expect((await own('_total=none')).json).not.toHaveProperty('total');
      for (const total of ['estimate', 'accurate'])
        expect((await own(`_total=${total}`)).json['total']).toBe(4);
      expect(await found('_total=none&_count=2')).toEqual(['may', 'dateless']);
    });
  });

  describe('_include', () => {
    it('brings what matches refer to, as includes that the total does not count', async () => {
      const answer = await own('_include=Consent:actor&_include=Consent:patient');
      expect(answer.json['total']).toBe(4);
      expect(matches(answer)).toHaveLength(4);
      expect(alongWith(answer).toSorted()).toEqual(
        [`Group/${group.id}`, `Organization/${organization.id}`, `Patient/${patients['own']}`].toSorted(),
      );
      expect(entriesOf(answer).map(({ fullUrl }) => fullUrl)).toContain(
        `${issuer}${base}/Organization/${organization.id}`,
      );
    });

    it('with a type as third part, of that type alone', async () => {
      expect(alongWith(await own('_include=Consent:actor:Organization'))).toEqual([
        `Organization/${organization.id}`,
      ]);
    });

    it(':iterate follows from what is included', async () => {
      const query = '_include=Consent:patient&_include:iterate=Patient:organization';
      expect(alongWith(await own(query)).toSorted()).toEqual(
        [`Organization/${organization.id}`, `Patient/${patients['own']}`].toSorted(),
      );
    });

    it('comes with every page that has its matches', async () => {
      const first = await own('_include=Consent:patient&_count=2');
      const second = await get(linkOf(first, 'next') ?? '');
      for (const page of [first, second]) expect(alongWith(page)).toEqual([`Patient/${patients['own']}`]);
    });

    it('leaves out what the scopes do not reach, and keeps the matches', async () => {
      const answer = await get(
        `patient=${patients['own']}&_include=Consent:actor&_include=Consent:patient`,
        {},
        'reader',
      );
      expect([answer.status, matches(answer).length, alongWith(answer)]).toEqual([200, 4, []]);
    });

    it('of a path that is not known: ignored when lenient, 400 when strict', async () => {
      for (const path of ['Consent:unknown', 'Patient:organization', 'Consent', 'Consent:status']) {
        const lenient = await own(`_include=${path}`);
        expect([path, lenient.status, linkOf(lenient, 'self')]).toEqual([
          path,
          200,
          `${base}/Consent?patient=${patients['own']}`,
        ]);
        const strict = await get(`_include=${path}`, { prefer: 'handling=strict' });
        expect([path, strict.status]).toEqual([path, 400]);
      }
    });
  });

  describe('_revinclude', () => {
    it('brings what refers to the matches', async () => {
      const answer = await get(`${base}/Organization?_id=${organization.id}&_revinclude=Consent:actor`);
      expect(matches(answer).map(({ id }) => id)).toEqual([organization.id]);
      expect(alongWith(answer).toSorted()).toEqual(
        Object.values(ids)
          .map((id) => `Consent/${id}`)
          .toSorted(),
      );
      expect(answer.json['total']).toBe(1);
    });

    it('AuditEvent:entity brings the record of what matched, to whoever may read that', async () => {
      const query = `_id=${ids['may']}&_revinclude=AuditEvent:entity`;
      const answer = await get(query);
      expect(alongWith(answer).length).toBeGreaterThan(0);
      expect(alongWith(answer).every((reference) => reference.startsWith('AuditEvent/'))).toBe(true);
      for (const { resource } of entriesOf(answer).filter(
        ({ resource }) => resource['resourceType'] === 'AuditEvent',
      ))
        expect(JSON.stringify(resource['entity'])).toContain(`Consent/${ids['may']}`);
      expect(alongWith(await get(query, {}, 'reader'))).toEqual([]);
    });

    it('of a type that is not served: ignored when lenient, 400 when strict', async () => {
      expect((await own('_revinclude=Provenance:target')).status).toBe(200);
      const strict = await get('_revinclude=Provenance:target', { prefer: 'handling=strict' });
      expect(strict.status).toBe(400);
    });
  });

  describe('_lastUpdated', () => {
    it('finds by when the current version was stored, with prefixes', async () => {
      const at = (name: string) =>
        api
          .call('GET', `${base}/Consent/${ids[name]}`)
          .then(({ json: body }) => (body['meta'] as { lastUpdated: string }).lastUpdated);
      const march = await at('march');
      expect(await found(`_lastUpdated=ge${march}`)).toEqual(['march', 'june']);
      expect(await found(`_lastUpdated=gt${march}`)).toEqual(['june']);
      expect(await found(`_lastUpdated=${march}`)).toEqual(['march']);
      expect(await found(`_lastUpdated=lt${march}&_lastUpdated=ge${await at('dateless')}`)).toEqual([
        'dateless',
      ]);
    });
  });

  describe('_format and _pretty', () => {
    it('_format overrides Accept', async () => {
      for (const format of ['json', json, 'application/json', `${json};fhirVersion=${version}`]) {
        const answer = await api.call(
          'GET',
          `${base}/Consent/${ids['may']}?_format=${encodeURIComponent(format)}`,
          {
            headers: { accept: 'text/html' },
          },
        );
        expect([format, answer.status]).toEqual([format, 200]);
      }
      for (const format of ['xml', 'application/fhir+xml', 'ttl', 'html'])
        expect([format, (await one(`?_format=${encodeURIComponent(format)}`)).status]).toEqual([format, 406]);
    });

    it('_format with an unescaped plus is understood', async () => {
      expect((await one('?_format=application/fhir+json')).status).toBe(200);
    });

    it('_pretty=true lays it out, without changing what it says', async () => {
      const [plain, pretty] = [await one(''), await one('?_pretty=true')];
      expect(pretty.text).toContain('\n  "id"');
      expect(plain.text).not.toContain('\n');
      expect(pretty.json).toEqual(plain.json);
    });
  });

  describe('Prefer: handling', () => {
    it('lenient ignores what is not known, and the self link lists only what was used', async () => {
      const answer = await own('unknown=1&status=active&_sort=date');
      expect(linkOf(answer, 'self')).toBe(
        `${base}/Consent?patient=${patients['own']}&status=active&_sort=date`,
      );
    });

    it('strict refuses it with 400 not-supported', async () => {
      const answer = await get('unknown=1', { prefer: 'handling=strict' });
      expect([answer.status, issuesOf(answer)[0]?.code]).toEqual([400, 'not-supported']);
      expect((await get('unknown=1', { prefer: 'respond-async, handling=strict' })).status).toBe(400);
    });

    it('an unknown modifier is 400 however it is handled', async () => {
      for (const prefer of ['handling=lenient', 'handling=strict'])
        expect((await get('status:exact=active', { prefer })).status).toBe(400);
    });
  });

  it('§8 Bundle: fullUrl is unique, each entry says its mode, resources their own version', async () => {
    const answer = await own('_include=Consent:actor&_include=Consent:patient&_include=Consent:actor');
    const urls = entriesOf(answer).map(({ fullUrl }) => fullUrl);
    expect(new Set(urls).size).toBe(urls.length);
    expect(answer.headers.get('content-type')).toBe(`${json}; fhirVersion=${version}`);
  });

  it('§7 chains: patient.identifier and actor:Organization.identifier', async () => {
    const [mrn, registry] = [anIdentifier(), anIdentifier()];
    const patient = await file(api, { resourceType: 'Patient', identifier: [mrn] });
    const actor = await file(api, { resourceType: 'Organization', identifier: [registry] });
    const rule = {
      actor: [{ role: { coding: [{ code: 'IRCP' }] }, reference: { reference: `Organization/${actor}` } }],
    };
    const provision = version === '5.0' ? [rule] : { type: 'deny', ...rule };
    const id = await file(api, consent(patient, { provision }), { base });
    expect(idsOf(await get(`patient.identifier=${asToken(mrn)}`))).toEqual([id]);
    expect(idsOf(await get(`actor:Organization.identifier=${asToken(registry)}`))).toEqual([id]);
    expect(idsOf(await get(`actor.identifier=${asToken(registry)}&patient=${patient}`))).toEqual([id]);
    expect(idsOf(await get(`actor:Practitioner.identifier=${asToken(registry)}`))).toEqual([]);
  });
});
