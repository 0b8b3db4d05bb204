/** A service to be fuzzed: some resources it has, some it must not tell of, and what must hold after every request. */
import { expect } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { consentR4, consentR5 } from '../protocols/fhir-api/consents.ts';
import type { Fuzzed } from './fuzz/request.ts';
import { type OpenService, openService } from './open-service.ts';

/** Stands in every resource that the clients with limits must not see, and nowhere else. */
const secret = 'mA7kEr-of-the-hidden';
const fhirJson = { 'content-type': 'application/fhir+json' };

export type FuzzedService = Awaited<ReturnType<typeof fuzzedService>>;

export async function fuzzedService() {
  const service = await openService();
  const scopes = ['system/*.cruds'];
  const may = ['file', 'activate'] as const;
  const tokens = {
    everybody: await service.tokenFor({ scopes, may }),
    limited: await service.tokenFor({ scopes, may, patients: ['Patient/ann', 'Patient/bob'] }),
    pinned: await service.tokenFor({ scopes: ['patient/*.cruds'], may: ['file'], patients: ['Patient/ann'] }),
    stranger: undefined,
    forger: 'eyJhbGciOiJub25lIn0.e30.',
  } satisfies Record<Fuzzed['as'], string | undefined>;
  const headersOf = (as: Fuzzed['as']): Record<string, string> =>
    tokens[as] === undefined ? {} : { authorization: `Bearer ${tokens[as]}` };
  const send = (as: Fuzzed['as'], method: string, path: string, body?: unknown) =>
    service.request(
      new Request(service.issuer + path, {
        method,
        headers: { ...fhirJson, ...headersOf(as) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
  const file = async (as: Fuzzed['as'], release: string, body: unknown): Promise<string> => {
    const response = await send(as, 'POST', `/fhir/${release}/Consent`, body);
    const { id } = (await response.json()) as { readonly id?: string };
    if (response.status !== 201 || id === undefined) throw new Error(`not filed: ${response.status}`);
    return id;
  };
  const hidden = await file('everybody', 'R4', {
    ...consentR4('eve', { identifier: [{ system: `urn:${secret}`, value: secret }] }),
    extension: [{ url: `urn:${secret}`, valueString: secret }],
  });
  const deleted = await file('limited', 'R4', consentR4('ann'));
  await send('limited', 'DELETE', `/fhir/R4/Consent/${deleted}`);
  const known = { own: '', hidden, deleted };
  /** What was taken away or spoilt is there again, so that the next request has something to meet. */
  const renew = async (): Promise<void> => {
    const response =
      known.own === '' ? undefined : await send('limited', 'GET', `/fhir/R4/Consent/${known.own}`);
    if (response?.status !== 200)
      known.own = await file('limited', 'R5', consentR5('ann', { identifier: [{ value: 'own' }] }));
  };
  await renew();

  const requestFor = (fuzzed: Fuzzed): Request | undefined => {
    const filled = (text: string): string =>
      text.replaceAll(/\{(own|hidden|deleted)\}/g, (_, name: keyof typeof known) => known[name]);
    const { method, path, headers, body, isBinary } = fuzzed;
    const sent =
      body === undefined ? undefined : isBinary ? Buffer.from(filled(body), 'latin1') : filled(body);
    const filledHeaders = Object.entries(headers).map(([name, value]): [string, string] => [
      name,
      filled(value),
    ]);
    try {
      return new Request(service.issuer + filled(path), {
        method,
        headers: [...filledHeaders, ...Object.entries(headersOf(fuzzed.as))],
        ...(sent === undefined ? {} : { body: sent }),
      });
    } catch {
      // A client could not have sent it either.
      return undefined;
    }
  };

  return {
    ...service,
    renew,
    requestFor,
    stored: () => fingerprint(service),
    /** What is hidden is what it was, and so is the trap. */
    expectHiddenUntouched: async (): Promise<void> => {
      const response = await send('everybody', 'GET', `/fhir/R4/Consent/${hidden}`);
      expect([response.status, response.headers.get('etag')]).toEqual([200, 'W/"1"']);
      expect(await response.text()).toContain(secret);
    },
    /** What was accepted must not poison what reads it later. */
    expectReadable: async (as: Fuzzed['as'], type: string, id: string): Promise<void> => {
      for (const base of ['/fhir/R4', '/fhir/R5'])
        for (const path of [
          `${type}/${id}`,
          `${type}/${id}/_history`,
          `${type}?_id=${id}&_summary=true&_include=${type}:*`,
        ]) {
          const response = await send(as, 'GET', `${base}/${path}`);
          const text = await response.text();
          expect([base, path, response.status < 500, text.includes(secret)]).toEqual([
            base,
            path,
            true,
            false,
          ]);
        }
    },
    tellsSecrets: (text: string): boolean => text.toLowerCase().includes(secret.toLowerCase()),
  };
}

/** Changes with every row that is added, replaced or removed; the record of what was asked may grow. */
async function fingerprint({ sql }: OpenService): Promise<string> {
  const [row] = await sql`
    select (select concat_ws(' ', count(*), sum(xmin::text::bigint), sum(version), max(key::text)) from resource) as current,
      (select concat_ws(' ', count(*), sum(xmin::text::bigint), sum(version), max(key::text)) from resource_history) as versions,
      (select concat_ws(' ', count(*), sum(xmin::text::bigint)) from resource_date) as dates`;
  return JSON.stringify(row);
}

/** An error as FHIR has it: an OperationOutcome with issues, each of them with words. */
export function expectOutcome(text: string, mediaType: string | null): void {
  expect(mediaType).toMatch(/^application\/fhir\+json/);
  expect(text.length).toBeLessThan(100_000);
  const { resourceType, issue = [] } = JSON.parse(text) as {
    readonly resourceType: string;
    readonly issue?: readonly JsonObject[];
  };
  expect([resourceType, issue.length > 0]).toEqual(['OperationOutcome', true]);
  for (const { severity, code, diagnostics } of issue)
    expect([severity, typeof code, typeof diagnostics]).toEqual(['error', 'string', 'string']);
}
