/** Search result parameters of fhir-consent.md §8 about what an answer holds, at every base. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, anApi, entriesOf, issuer, issuesOf, linkOf } from '../protocols/fhir-api/api.ts';
import { bases, file, statusOf, subsetted } from './rest.ts';
import { alongWith, fileSearched, matches, type Searched, tagsOf } from './searched.ts';

let api: Api;
let searched: Searched;
beforeAll(async () => {
  api = await anApi();
  searched = await fileSearched(api);
});
afterAll(() => api.close());

const json = 'application/fhir+json';

describe.each(bases)('fhir-consent.md §8 at $base', ({ base, version, consent, owner, date }) => {
  const get = (
    path: string,
    headers: Record<string, string> = {},
    as: 'clinic' | 'reader' | 'scanner' = 'clinic',
  ) => api.call('GET', path.startsWith('/') ? path : `${base}/Consent?${path}`, { headers, as });
  const own = (query: string) => get(`patient=${searched.patient}&${query}`);
  const one = (query: string) => get(`${base}/Consent/${searched.ids['may']}${query}`);

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
      expect(answer.json).toMatchObject({
        id: searched.ids['may'],
        text: { status: 'generated' },
        status: 'active',
      });
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
        id: searched.ids['may'],
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

  describe('_include', () => {
    it('brings what matches refer to, as includes that the total does not count', async () => {
      const answer = await own('_include=Consent:actor&_include=Consent:patient');
      expect(answer.json['total']).toBe(4);
      expect(matches(answer)).toHaveLength(4);
      expect(alongWith(answer).toSorted()).toEqual(
        [
          `Group/${searched.group}`,
          `Organization/${searched.organization}`,
          `Patient/${searched.patient}`,
        ].toSorted(),
      );
      expect(entriesOf(answer).map(({ fullUrl }) => fullUrl)).toContain(
        `${issuer}${base}/Organization/${searched.organization}`,
      );
    });

    it('with a type as third part, of that type alone', async () => {
      expect(alongWith(await own('_include=Consent:actor:Organization'))).toEqual([
        `Organization/${searched.organization}`,
      ]);
    });

    it(':iterate follows from what is included', async () => {
      const query = '_include=Consent:patient&_include:iterate=Patient:organization';
      expect(alongWith(await own(query)).toSorted()).toEqual(
        [`Organization/${searched.organization}`, `Patient/${searched.patient}`].toSorted(),
      );
    });

    it('comes with every page that has its matches', async () => {
      const first = await own('_include=Consent:patient&_count=2');
      const second = await get(linkOf(first, 'next') ?? '');
      for (const page of [first, second]) expect(alongWith(page)).toEqual([`Patient/${searched.patient}`]);
    });

    it('leaves out what the scopes do not reach, and keeps the matches', async () => {
      const answer = await get(
        `patient=${searched.patient}&_include=Consent:actor&_include=Consent:patient`,
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
          `${base}/Consent?patient=${searched.patient}`,
        ]);
        const strict = await get(`_include=${path}`, { prefer: 'handling=strict' });
        expect([path, strict.status]).toEqual([path, 400]);
      }
    });
  });

  describe('_revinclude', () => {
    it('brings what refers to the matches', async () => {
      const answer = await get(`${base}/Organization?_id=${searched.organization}&_revinclude=Consent:actor`);
      expect(matches(answer).map(({ id }) => id)).toEqual([searched.organization]);
      expect(alongWith(answer).toSorted()).toEqual(
        Object.values(searched.ids)
          .map((id) => `Consent/${id}`)
          .toSorted(),
      );
      expect(answer.json['total']).toBe(1);
    });

    it('AuditEvent:entity brings the record of what matched, to whoever may read that', async () => {
      const query = `_id=${searched.ids['may']}&_revinclude=AuditEvent:entity`;
      const answer = await get(query);
      expect(alongWith(answer).length).toBeGreaterThan(0);
      expect(alongWith(answer).every((reference) => reference.startsWith('AuditEvent/'))).toBe(true);
      for (const { resource } of entriesOf(answer).filter(
        ({ resource }) => resource['resourceType'] === 'AuditEvent',
      ))
        expect(JSON.stringify(resource['entity'])).toContain(`Consent/${searched.ids['may']}`);
      expect(alongWith(await get(query, {}, 'reader'))).toEqual([]);
    });

    it('of a type that is not served: ignored when lenient, 400 when strict', async () => {
      expect((await own('_revinclude=Provenance:target')).status).toBe(200);
      const strict = await get('_revinclude=Provenance:target', { prefer: 'handling=strict' });
      expect(strict.status).toBe(400);
    });
  });

  describe('_format and _pretty', () => {
    it('_format overrides Accept', async () => {
      for (const format of ['json', json, 'application/json', `${json};fhirVersion=${version}`]) {
        const answer = await api.call(
          'GET',
          `${base}/Consent/${searched.ids['may']}?_format=${encodeURIComponent(format)}`,
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
});
