/** Search result parameters of fhir-consent.md §8 about which matches are answered and how many, and chains, at every base. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, anApi, entriesOf, idsOf, issuesOf, linkOf } from '../protocols/fhir-api/api.ts';
import { anIdentifier, asToken, bases, file } from './rest.ts';
import { fileSearched, type Searched } from './searched.ts';

let api: Api;
let searched: Searched;
beforeAll(async () => {
  api = await anApi();
  searched = await fileSearched(api);
});
afterAll(() => api.close());

const json = 'application/fhir+json';

describe.each(bases)('fhir-consent.md §8 at $base', ({ base, version, consent }) => {
  const get = (
    path: string,
    headers: Record<string, string> = {},
    as: 'clinic' | 'reader' | 'scanner' = 'clinic',
  ) => api.call('GET', path.startsWith('/') ? path : `${base}/Consent?${path}`, { headers, as });
  const own = (query: string) => get(`patient=${searched.patient}&${query}`);
  const found = async (query: string) => idsOf(await own(query)).map(searched.nameOf);

  describe('_count and paging', () => {
    it('_count shows so many, 0 the total alone, and the links lead through all once', async () => {
      expect(await found('_count=3')).toEqual(['may', 'dateless', 'march']);
      expect((await own('_count=0')).json).toMatchObject({ total: 4 });
      const seen: unknown[] = [];
      for (let path = linkOf(await own('_count=3'), 'self'); path; ) {
        const answer = await get(path);
        expect(answer.json['total']).toBe(4);
        seen.push(...idsOf(answer).map(searched.nameOf));
        path = linkOf(answer, 'next');
      }
      expect(seen).toEqual(['may', 'dateless', 'march', 'june']);
    });

    it('links `self first previous next`, of which those to other pages tell nothing', async () => {
      const first = await own('_count=2');
      const next = linkOf(first, 'next') ?? '';
      expect(next).toMatch(/\?_page=[\w-]+$/);
      expect(Buffer.from(next.split('_page=')[1] ?? '', 'base64url').toString('latin1')).not.toContain(
        searched.patient,
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
        `${base}/Patient/${searched.patient}/Consent?_page=${token}`,
        `${base}/Consent/${searched.ids['may']}/_history?_page=${token}`,
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
        seen.push(...idsOf(answer).map(searched.nameOf));
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

  describe('_lastUpdated', () => {
    it('finds by when the current version was stored, with prefixes', async () => {
      const at = (name: string) =>
        api
          .call('GET', `${base}/Consent/${searched.ids[name]}`)
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

  describe('Prefer: handling', () => {
    it('lenient ignores what is not known, and the self link lists only what was used', async () => {
      const answer = await own('unknown=1&status=active&_sort=date');
      expect(linkOf(answer, 'self')).toBe(
        `${base}/Consent?patient=${searched.patient}&status=active&_sort=date`,
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
