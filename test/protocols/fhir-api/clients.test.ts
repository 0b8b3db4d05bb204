/** FHIR clients that others wrote, against the service as it listens: what they expect of a server is here. */
import { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { Socket } from 'node:net';
import { CapabilityTool, type FhirResource, Client as KitClient } from 'fhir-kit-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenService, openService } from '../../support/open-service.ts';
import { consentR4, consentR5 } from './consents.ts';

/** Its own types bring those of browsers along, for every file there is. */
type SmartClient = {
  getFhirVersion(): Promise<string>;
  create<T>(resource: unknown, options?: object): Promise<T>;
  update<T>(resource: unknown, options?: object): Promise<T>;
  patch<T>(url: string, operations: unknown, options?: object): Promise<T>;
  delete<T>(url: string, options?: object): Promise<T>;
  request<T>(options: unknown, fhir?: object): Promise<T>;
  readonly patient: { request<T>(options: unknown, fhir?: object): Promise<T> };
  pages<T>(request: unknown, options?: object): AsyncIterable<T>;
  resources<T>(request: unknown, options?: object): AsyncIterable<T>;
};
const FHIR = createRequire(import.meta.url)('fhirclient') as (
  request: IncomingMessage,
  response: ServerResponse,
  storage: unknown,
) => { client(state: object): SmartClient };

let service: OpenService;
let token: string;

beforeAll(async () => {
  service = await openService();
  token = await service.tokenFor({ scopes: ['system/*.cruds'], may: ['file', 'activate'] });
});
afterAll(() => service.stop());

const bases = [
  { release: 'R4', fhirVersion: '4.0.1', consentOf: consentR4 },
  { release: 'R4B', fhirVersion: '4.3.0', consentOf: consentR4 },
  { release: 'R5', fhirVersion: '5.0.0', consentOf: consentR5 },
] as const;

/** Of every base and client one patient, so that none meets the consents of another. */
const patientOf = (client: string, release: string): string => `${client}-${release.toLowerCase()}`;

const numbered = (patient: string, n: number) => ({
  identifier: [{ system: 'urn:n', value: `${patient}-${n}` }],
});

describe.each(bases)('fhir-kit-client on $release', ({ release, fhirVersion, consentOf }) => {
  const patient = patientOf('kit', release);
  const kit = () => new KitClient({ baseUrl: `${service.issuer}/fhir/${release}`, bearerToken: token });
  const consent = (n: number) => consentOf(patient, numbered(patient, n)) as FhirResource;
  const file = (n: number) => kit().create({ resourceType: 'Consent', body: consent(n) }) as Promise<Read>;
  const statusOf = (call: Promise<unknown>) =>
    call.then(
      () => 'no error',
      (error: { response: { status: number; data: FhirResource } }) => [
        error.response.status,
        error.response.data.resourceType,
      ],
    );

  it('reads the capability statement, and finds in it what it is about to do', async () => {
    const statement = await kit().capabilityStatement();
    expect(statement).toMatchObject({ resourceType: 'CapabilityStatement', fhirVersion });
    const tool = new CapabilityTool(statement as never);
    const interactions = [
      'read',
      'vread',
      'create',
      'update',
      'patch',
      'delete',
      'history-instance',
      'search-type',
    ];
    expect(interactions.filter((each) => !tool.resourceCan('Consent', each))).toEqual([]);
    expect(
      ['patient', 'status', 'actor', 'identifier'].filter((each) => !tool.resourceSearch('Consent', each)),
    ).toEqual([]);
  });

  it('creates, reads and reads the version', async () => {
    const created = await file(1);
    const { response } = KitClient.httpFor(created);
    expect([response?.status, response?.headers.get('etag')]).toEqual([201, 'W/"1"']);
    expect(response?.headers.get('location')).toBe(
      `${service.issuer}/fhir/${release}/Consent/${created.id}/_history/1`,
    );
    expect(created).toMatchObject(consent(1));
    const { id } = created;
    expect(await kit().read({ resourceType: 'Consent', id })).toEqual(created);
    expect(await kit().vread({ resourceType: 'Consent', id, version: '1' })).toEqual(created);
    expect(await kit().resolve({ reference: `Consent/${id}` })).toEqual(created);
    expect(await kit().request(String(response?.headers.get('location')))).toEqual(created);
  });

  it('updates what it has the version of, and nothing else', async () => {
    const { id } = await file(2);
    const update = (status: string, version: number) =>
      kit().update({
        resourceType: 'Consent',
        id,
        body: { ...consent(2), id, status },
        options: { headers: { 'If-Match': `W/"${version}"` } },
      });
    expect(await update('draft', 1)).toMatchObject({ id, status: 'draft', meta: { versionId: '2' } });
    expect(await statusOf(update('inactive', 1))).toEqual([412, 'OperationOutcome']);
    expect(await kit().read({ resourceType: 'Consent', id })).toMatchObject({ status: 'draft' });
  });

  it('patches', async () => {
    const { id } = await file(3);
    const patched = await kit().patch({
      resourceType: 'Consent',
      id,
      jsonPatch: [
        { op: 'test', path: '/status', value: 'active' },
        { op: 'replace', path: '/status', value: 'inactive' },
        { op: 'add', path: '/identifier/-', value: { value: 'another' } },
      ],
    });
    expect(patched).toMatchObject({ id, status: 'inactive', meta: { versionId: '2' } });
    expect(patched['identifier']).toHaveLength(2);
  });

  it('asks for nothing back, and gets nothing', async () => {
    const created = await kit().create({
      resourceType: 'Consent',
      body: consent(4),
      options: { headers: { Prefer: 'return=minimal' } },
    });
    const { response } = KitClient.httpFor(created);
    expect([response?.status, Object.keys(created)]).toEqual([201, []]);
    expect(response?.headers.get('location')).toContain(`/fhir/${release}/Consent/`);
  });

  it('creates on a condition once', async () => {
    const create = () =>
      kit().create({
        resourceType: 'Consent',
        body: consent(5),
        options: { headers: { 'If-None-Exist': `identifier=urn:n|${patient}-5` } },
      }) as Promise<Read>;
    const [first, second] = [await create(), await create()];
    expect(
      [KitClient.httpFor(first), KitClient.httpFor(second)].map(({ response }) => response?.status),
    ).toEqual([201, 200]);
    expect(second.id).toBe(first.id);
  });

  it('updates on a condition', async () => {
    const { id } = await file(6);
    const updated = await kit().update({
      resourceType: 'Consent',
      searchParams: { identifier: `urn:n|${patient}-6` },
      body: { ...consent(6), status: 'inactive' },
    });
    expect(updated).toMatchObject({ id, status: 'inactive', meta: { versionId: '2' } });
  });

  it('deletes, and lists the versions', async () => {
    const { id } = await file(7);
    const removed = await kit().delete({ resourceType: 'Consent', id });
    expect(KitClient.httpFor(removed).response?.status).toBe(204);
    expect(await statusOf(kit().read({ resourceType: 'Consent', id }))).toEqual([410, 'OperationOutcome']);
    const history = (await kit().history({ resourceType: 'Consent', id })) as Bundle;
    expect(history).toMatchObject({ type: 'history', total: 2 });
    expect(history.entry?.map(({ request }) => request?.method)).toEqual(['DELETE', 'POST']);
    expect(await statusOf(kit().read({ resourceType: 'Consent', id: 'unknown' }))).toEqual([
      404,
      'OperationOutcome',
    ]);
  });

  it('searches by address, by form and in the compartment', async () => {
    const searchParams = { identifier: `urn:n|${patient}-1`, status: 'active' };
    const searched = [
      await kit().search({ resourceType: 'Consent', searchParams }),
      await kit().search({ resourceType: 'Consent', searchParams, options: { postSearch: true } }),
      await kit().search({
        resourceType: 'Consent',
        searchParams,
        compartment: { resourceType: 'Patient', id: patient },
      }),
    ] as Bundle[];
    for (const bundle of searched) {
      expect(bundle).toMatchObject({ resourceType: 'Bundle', type: 'searchset', total: 1 });
      expect(bundle.entry?.map(({ resource }) => resource?.resourceType)).toEqual(['Consent']);
    }
    const repeated = { identifier: [`urn:n|${patient}-1`, `urn:n|${patient}-2`] };
    expect(await kit().search({ resourceType: 'Consent', searchParams: repeated })).toMatchObject({
      total: 0,
    });
  });

  it('follows pages forward and back', async () => {
    const pages = [
      (await kit().search({
        resourceType: 'Consent',
        searchParams: { patient, _count: 2, _sort: '_id' },
      })) as Page,
    ];
    const idsOn = (page: Page | undefined) => (page?.entry ?? []).map(({ resource }) => resource?.id);
    for (;;) {
      const next = (await kit().nextPage({ bundle: pages.at(-1) as Page })) as Page | undefined;
      if (!next) break;
      pages.push(next);
    }
    const ids = pages.flatMap(idsOn);
    expect(pages.length).toBeGreaterThan(2);
    expect([new Set(ids).size, ids.toSorted()]).toEqual([pages[0]?.['total'], ids]);
    const back = (await kit().prevPage({ bundle: pages[1] as Page })) as Page;
    expect(idsOn(back)).toEqual(idsOn(pages[0]));
  });

  it('is told what is wrong by an OperationOutcome', async () => {
    const body = { ...consent(8), status: 'no such status' };
    expect(await statusOf(kit().create({ resourceType: 'Consent', body }))).toEqual([
      400,
      'OperationOutcome',
    ]);
    const stranger = new KitClient({ baseUrl: `${service.issuer}/fhir/${release}` });
    expect(await statusOf(stranger.search({ resourceType: 'Consent' }))).toEqual([401, 'OperationOutcome']);
  });
});

describe.each(bases)('fhirclient on $release', ({ release, fhirVersion, consentOf }) => {
  const patient = patientOf('smart', release);
  const smart = () => {
    const request = new IncomingMessage(new Socket());
    const client = FHIR(request, new ServerResponse(request), noStorage).client({
      serverUrl: `${service.issuer}/fhir/${release}`,
      tokenResponse: { access_token: token, patient },
    } as never);
    return client;
  };
  const consent = (n: number) => consentOf(patient, numbered(patient, n)) as never;
  const file = (n: number) => smart().create<Read>(consent(n));

  it('knows the version', async () => {
    expect(await smart().getFhirVersion()).toBe(fhirVersion);
  });

  it('creates and reads', async () => {
    const created = await file(1);
    expect(created).toMatchObject({ resourceType: 'Consent', status: 'active', meta: { versionId: '1' } });
    expect(await smart().request(`Consent/${created.id}`)).toEqual(created);
    expect(await smart().request(`Consent/${created.id}/_history/1`)).toEqual(created);
  });

  it('updates, with the version it has', async () => {
    const created = await file(2);
    const update = (version: string) =>
      smart().update<Read>({ ...created, status: 'inactive' } as never, { headers: { 'if-match': version } });
    expect(await update('W/"1"')).toMatchObject({ status: 'inactive', meta: { versionId: '2' } });
    await expect(update('W/"1"')).rejects.toMatchObject({ statusCode: 412 });
  });

  it('patches', async () => {
    const { id } = await file(3);
    const patched = await smart().patch<Read>(`Consent/${id}`, [
      { op: 'replace', path: '/status', value: 'inactive' },
    ]);
    expect(patched).toMatchObject({ id, status: 'inactive', meta: { versionId: '2' } });
  });

  it('deletes', async () => {
    const { id } = await file(4);
    await smart().delete(`Consent/${id}`);
    await expect(smart().request(`Consent/${id}`)).rejects.toMatchObject({ statusCode: 410 });
  });

  it('searches within its patient, and flattens all pages', async () => {
    await Promise.all([5, 6, 7, 8].map(file));
    const found = await smart().patient.request<readonly Read[]>('Consent?_count=2', {
      pageLimit: 0,
      flat: true,
    });
    expect(found.map(({ id }) => id)).toHaveLength(new Set(found.map(({ id }) => id)).size);
    const { total } = await smart().request<Bundle>(`Consent?patient=${patient}&_summary=count`);
    expect([found.length, total]).toEqual([7, 7]);
  });

  it('walks over pages and resources', async () => {
    const pages: number[] = [];
    for await (const page of smart().pages<Bundle>(`Consent?patient=${patient}&_count=3`))
      pages.push(page.entry?.length ?? 0);
    expect(pages).toEqual([3, 3, 1]);
    const ids = new Set<unknown>();
    for await (const resource of smart().resources<Read>(`Consent?patient=${patient}&_count=3`))
      ids.add(resource.id);
    expect(ids.size).toBe(7);
  });

  it('resolves references', async () => {
    const created = await smart().create<Read>({ resourceType: 'Patient', active: true } as never);
    const { id } = await smart().create<Read>(consentOf(created.id) as never);
    const about = release === 'R5' ? 'subject' : 'patient';
    const resolved = await smart().request<Record<string, Read>>(`Consent/${id}`, {
      resolveReferences: [about],
    });
    expect(resolved[about]).toMatchObject({ resourceType: 'Patient', id: created.id });
  });

  it('is refused with the words of the OperationOutcome', async () => {
    await expect(smart().request('Consent?status:no-such=x')).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('is not supported here'),
    });
  });
});

const noStorage = {
  get: async () => undefined,
  set: async (_key: string, value: unknown) => value,
  unset: async () => true,
};

type Read = FhirResource & { readonly id: string };
type Bundle = FhirResource & {
  readonly total?: number;
  readonly entry?: readonly { readonly resource?: Read; readonly request?: { readonly method: string } }[];
};
type Page = Bundle & { readonly link: { relation: string; url: string }[] };
