/** The CapabilityStatement of fhir-consent.md §8, and that all it says is so. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, anApi } from '../protocols/fhir-api/api.ts';
import { bases, file, statusOf } from './rest.ts';

let api: Api;
beforeAll(async () => {
  api = await anApi();
});
afterAll(() => api.close());

type Named = { readonly name: string; readonly type: string; readonly definition: string };
type Told = {
  readonly type: string;
  readonly interaction: readonly { readonly code: string }[];
  readonly searchParam: readonly Named[];
  readonly searchInclude?: readonly string[];
  readonly searchRevInclude?: readonly string[];
};

describe.each(bases)(
  'fhir-consent.md §8 CapabilityStatement at $base',
  ({ base, version, full, consent }) => {
    const statement = async () => (await api.call('GET', `${base}/metadata`, { as: null })).json;
    const resources = async () =>
      ((await statement())['rest'] as readonly { resource: readonly Told[] }[])[0]?.resource ?? [];
    const strict = { headers: { prefer: 'handling=strict' } };

    it('is told to anyone: version, formats, security', async () => {
      expect(await statement()).toMatchObject({
        resourceType: 'CapabilityStatement',
        status: 'active',
        kind: 'instance',
        fhirVersion: full,
        format: ['application/fhir+json', 'json'],
        patchFormat: ['application/json-patch+json'],
        rest: [
          {
            mode: 'server',
            security: { service: [{ coding: [{ code: 'SMART-on-FHIR' }] }, { coding: [{ code: 'OAuth' }] }] },
          },
        ],
      });
      expect(await statusOf(api.call('GET', `${base}/metadata?mode=full`, { as: null }))).toBe(200);
    });

    it('says of Consent what it does', async () => {
      const told = (await resources()).find(({ type }) => type === 'Consent');
      expect(told).toMatchObject({
        versioning: 'versioned-update',
        readHistory: true,
        updateCreate: false,
        conditionalCreate: true,
        conditionalRead: 'full-support',
        conditionalUpdate: true,
        conditionalDelete: 'single',
        referencePolicy: ['literal', 'logical'],
      });
      expect(told?.interaction.map(({ code }) => code).toSorted()).toEqual([
        'create',
        'delete',
        'history-instance',
        'history-type',
        'patch',
        'read',
        'search-type',
        'update',
        'vread',
      ]);
    });

    it('names AuditEvent with read and search alone', async () => {
      const told = (await resources()).find(({ type }) => type === 'AuditEvent');
      expect(told?.interaction.map(({ code }) => code)).toEqual(['read', 'search-type']);
    });

    const fits: Readonly<Record<string, string>> = {
      date: '2026',
      token: 'x',
      reference: 'Patient/x',
      uri: 'urn:x',
    };

    it('every search parameter that it names works, and sorts out what it does not match', async () => {
      for (const { type, searchParam } of await resources())
        for (const { name, type: of, definition } of searchParam) {
          const path = name === 'agent' ? 'agent:identifier' : name;
          const answer = await api.call('GET', `${base}/${type}?${path}=${fits[of]}&_count=0`, strict);
          expect([type, name, answer.status, answer.json['total'] === undefined]).toEqual([
            type,
            name,
            200,
            false,
          ]);
          expect(definition).toMatch(/^https?:/);
        }
    });

    it('no search parameter works that it does not name', async () => {
      const named = new Set(
        (await resources()).find(({ type }) => type === 'Consent')?.searchParam.map(({ name }) => name),
      );
      const all = [
        'scope',
        'consentor',
        'organization',
        'controller',
        'manager',
        'grantee',
        'subject',
        'verified',
        'verified-date',
        'grantor',
        '_text',
        '_content',
        '_list',
        '_has',
        '_filter',
        '_language',
        '_profile',
        'name',
        '_type',
        '_query',
        '_contained',
      ];
      for (const name of all.filter((each) => !named.has(each)))
        expect([name, await statusOf(api.call('GET', `${base}/Consent?${name}=x`, strict))]).toEqual([
          name,
          400,
        ]);
      expect(named.has(version === '5.0' ? 'controller' : 'scope')).toBe(true);
      expect(named.has(version === '5.0' ? 'scope' : 'controller')).toBe(false);
    });

    it('every include that it names works', async () => {
      for (const { type, searchInclude = [], searchRevInclude = [] } of await resources())
        for (const [control, paths] of [
          ['_include', searchInclude],
          ['_revinclude', searchRevInclude],
        ] as const)
          for (const path of paths)
            expect([
              control,
              path,
              await statusOf(api.call('GET', `${base}/${type}?${control}=${path}&_count=1`, strict)),
            ]).toEqual([control, path, 200]);
    });

    it('every interaction that it names works, with every type', async () => {
      const minimal: Record<string, object> = {
        Consent: consent('ann'),
        Group: { type: 'person', actual: true, membership: 'enumerated' },
        RelatedPerson: { patient: { reference: 'Patient/ann' } },
        Device: {},
      };
      for (const { type, interaction } of (await resources()).filter((told) => told.type !== 'AuditEvent')) {
        const body = { ...minimal[type], resourceType: type };
        const id = await file(api, body, { base });
        const at = `${base}/${type}`;
        const done: Readonly<Record<string, () => Promise<number>>> = {
          create: () => statusOf(api.call('POST', at, { body })),
          read: () => statusOf(api.call('GET', `${at}/${id}`)),
          vread: () => statusOf(api.call('GET', `${at}/${id}/_history/1`)),
          update: () => statusOf(api.call('PUT', `${at}/${id}`, { body: { ...body, id } })),
          patch: () =>
            statusOf(
              api.call('PATCH', `${at}/${id}`, { body: [{ op: 'add', path: '/language', value: 'en' }] }),
            ),
          'history-instance': () => statusOf(api.call('GET', `${at}/${id}/_history`)),
          'history-type': () => statusOf(api.call('GET', `${at}/_history?_count=1`)),
          'search-type': () => statusOf(api.call('GET', `${at}?_count=1`)),
          delete: () => statusOf(api.call('DELETE', `${at}/${id}`)),
        };
        const named = interaction.map(({ code }) => code);
        for (const code of [...named.filter((each) => each !== 'delete'), 'delete'])
          expect([type, code, [200, 201, 204].includes((await done[code]?.()) ?? 0)]).toEqual([
            type,
            code,
            true,
          ]);
      }
    });

    it('names no type that is not served, and none is served that it does not name', async () => {
      const named = (await resources()).map(({ type }) => type);
      for (const type of named)
        expect([type, await statusOf(api.call('GET', `${base}/${type}?_count=0`))]).toEqual([type, 200]);
      for (const type of [
        'Observation',
        'Provenance',
        'Binary',
        'Subscription',
        'HealthcareService',
        'Endpoint',
      ])
        expect([type, named.includes(type), await statusOf(api.call('GET', `${base}/${type}`))]).toEqual([
          type,
          false,
          404,
        ]);
    });

    it('the operation that it names works', async () => {
      const [rest] = (await statement())['rest'] as readonly { operation: readonly { name: string }[] }[];
      expect(rest?.operation.map(({ name }) => name)).toEqual(['versions']);
      expect(await statusOf(api.call('GET', `${base}/$versions`, { as: null }))).toBe(200);
    });
  },
);
