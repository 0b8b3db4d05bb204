/** A service whose doors are fuzzed: a patient who may be asked about, one who may not, and clients with tokens for each door. */
import { expect } from 'vitest';
import { isObject, type Json, type JsonObject } from '../../src/base/json.ts';
import { assertionType } from '../../src/protocols/authorization-server/client-assertion.ts';
import { grantTypes } from '../../src/protocols/authorization-server/grants.ts';
import { idTokenFormat } from '../../src/protocols/uma/wire.ts';
import type { Knock } from './fuzz/knock.ts';
import { type Mutation, mutated } from './fuzz/mutate.ts';
import { aKeyPair, type KeyPair, signed } from './keys.ts';
import { claimsOf, type OpenService, openService } from './open-service.ts';

const umaGrantType = 'urn:ietf:params:oauth:grant-type:uma-ticket';
const form = 'application/x-www-form-urlencoded';
const scope = 'patient/Observation.rs';

export type FuzzedDoors = Awaited<ReturnType<typeof fuzzedDoors>>;

export async function fuzzedDoors() {
  const service = await openService();
  const people = await peopleOf(service);
  const clients = await clientsOf(service, people);
  const { tokens } = clients;
  const foreign = await registered(service, clients.other, people.stranger);
  const known = { resource: await registered(service, tokens.server, people.patient) };
  const makers = makersOf(service, people, clients, () => known.resource);
  const filled = async (text: string, knock: Knock): Promise<string> => {
    const names = Object.keys(makers).filter((name) => text.includes(`{${name}}`));
    const made = await Promise.all(names.map(async (name) => [name, await makers[name]?.(knock)] as const));
    return [...made, ['foreign', foreign] as const].reduce(
      (so, [name, value]) => so.replaceAll(`{${name}}`, value ?? ''),
      text,
    );
  };
  return {
    failures: service.failures,
    stop: service.stop,
    request: service.request,
    /** What was taken away or spoilt is there again, so that the next request has something to meet. */
    renew: async (): Promise<void> => {
      const response = await got(service, `/uma/resources/${known.resource}`, tokens.server);
      const isOffered = response.status === 200 && (await response.text()).includes(scope);
      if (!isOffered) known.resource = await registered(service, tokens.server, people.patient);
    },
    /** Undefined for what no client could send. */
    requestFor: async (knock: Knock): Promise<Request | undefined> => {
      const { method, body, isBinary } = knock;
      const path = await filled(knock.path, knock);
      const text = body === undefined ? undefined : await filled(body, knock);
      try {
        return new Request(service.issuer + path, {
          method,
          headers: { ...knock.headers, ...bearer(tokens[knock.as]) },
          ...(text === undefined ? {} : { body: isBinary ? Buffer.from(text, 'latin1') : text }),
        });
      } catch {
        return undefined;
      }
    },
    tellsSecrets: (text: string): boolean => text.includes(people.secret),
    /** What another server registered is what it was. */
    expectForeignUntouched: async (): Promise<void> => {
      const response = await got(service, `/uma/resources/${foreign}`, clients.other);
      expect(await response.json()).toMatchObject(descriptionFor(people.stranger));
    },
  };
}

type Token = string | undefined;
const bearer = (token: Token): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };

const got = (service: OpenService, path: string, token: Token): Promise<Response> =>
  service.request(new Request(service.issuer + path, { headers: bearer(token) }));

async function posted(
  service: OpenService,
  path: string,
  token: Token,
  body: object | string,
  type = 'application/json',
): Promise<JsonObject> {
  const response = await service.request(
    new Request(service.issuer + path, {
      method: 'POST',
      headers: { 'content-type': type, ...bearer(token) },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  );
  const answer = (await response.json()) as JsonObject;
  if (response.status >= 300) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

type People = Awaited<ReturnType<typeof peopleOf>>;

async function peopleOf(service: OpenService) {
  const filer = await service.tokenFor({ scopes: ['system/*.cruds'], may: ['file', 'activate'] });
  const file = async (resource: JsonObject): Promise<string> =>
    String(
      (
        await posted(
          service,
          `/fhir/R5/${resource['resourceType']}`,
          filer,
          resource,
          'application/fhir+json',
        )
      )['id'],
    );
  const permitBy = (patient: string): Promise<string> =>
    file({
      resourceType: 'Consent',
      status: 'active',
      subject: { reference: `Patient/${patient}` },
      grantor: [{ reference: `Patient/${patient}` }],
      decision: 'permit',
      provision: exceptions,
    });
  const patient = await file({ resourceType: 'Patient' });
  await permitBy(patient);
  const stranger = await file({ resourceType: 'Patient' });
  /** The name of a consent of which none of the clients may hear. */
  const secret = await permitBy(stranger);
  return { patient, stranger, secret };
}

const data = (meaning: string, reference: string) => ({ data: [{ meaning, reference: { reference } }] });
const coded = (system: string, code: string) => ({ system, code });

/** One for each thing that can be asked of data or of whoever asks, so that nothing of a request is passed over. */
const exceptions: readonly JsonObject[] = [
  { dataPeriod: { start: '2021', end: '2021' } },
  { code: [{ coding: [coded('http://loinc.org', '72166-2')] }] },
  data('authoredby', 'Practitioner/z'),
  data('related', 'Encounter/e'),
  data('instance', 'Observation/x'),
  data('dependents', 'Observation/y'),
  { securityLabel: [coded('http://terminology.hl7.org/CodeSystem/v3-Confidentiality', 'R')] },
  { resourceType: [coded('http://hl7.org/fhir/fhir-types', 'Encounter')] },
  { documentType: [coded('http://loinc.org', '34133-9')] },
  { expression: { language: 'text/fhirpath', expression: "status = 'entered-in-error'" } },
  { purpose: [coded('http://terminology.hl7.org/CodeSystem/v3-ActReason', 'HRESCH')] },
  { action: [{ coding: [coded('http://terminology.hl7.org/CodeSystem/consentaction', 'correct')] }] },
  { actor: [{ role: { coding: [{ code: 'IRCP' }] }, reference: { reference: 'Practitioner/z' } }] },
];

type Clients = Awaited<ReturnType<typeof clientsOf>>;

async function clientsOf(service: OpenService, { patient }: People) {
  const patients = [`Patient/${patient}`];
  const grants = Object.values(grantTypes);
  const server = await service.register({
    scopes: ['uma_protection', 'decision'],
    grants,
    resource: 'https://records.example',
    patients,
  });
  const app = await service.register({
    jwks: [],
    scopes: ['patient/Consent.rs'],
    grants,
    redirectUris: ['https://app.example/back'],
    claimsRedirectUris: ['https://app.example/back'],
  });
  const provider = { issuer: 'https://idp.example', keys: await aKeyPair() };
  await service.trust({ issuer: provider.issuer, jwks: [provider.keys.publicJwk], clientIds: {} });
  const tokens: Readonly<Record<Knock['as'], Token>> = {
    asker: await service.tokenFor({ scopes: ['decision'], patients }),
    explainer: await service.tokenFor({ scopes: ['decision.explain'], patients }),
    server: await service.tokenOf(server),
    stranger: undefined,
    forger: 'eyJhbGciOiJub25lIn0.e30.',
  };
  const other = await service.tokenFor({ scopes: ['uma_protection'], resource: 'https://others.example' });
  return { server, app, provider, tokens, other };
}

const descriptionFor = (patient: string) => ({
  resource_owner: `Patient/${patient}`,
  resource_scopes: [scope, 'read'],
});

const registered = async (service: OpenService, token: Token, patient: string): Promise<string> =>
  String((await posted(service, '/uma/resources', token, descriptionFor(patient)))['_id']);

/** What placeholders stand for; what may be used once is made anew. */
function makersOf(
  service: OpenService,
  { patient }: People,
  { server, app, provider, tokens }: Clients,
  resource: () => string,
): Readonly<Record<string, (knock?: Knock) => string | Promise<string>>> {
  const { issuer } = service;
  const ticket = async (): Promise<string> => {
    const asked = { resource_id: resource(), resource_scopes: [scope] };
    return String((await posted(service, '/uma/permission', tokens.server, asked))['ticket']);
  };
  const assertion = (knock?: Knock) => statement(server.keys, claimsOf(server.id, issuer), knock);
  const claims = (knock?: Knock) =>
    statement(
      provider.keys,
      { ...claimsOf(provider.issuer, issuer), sub: 'dr-t', extensions: { ihe_iua: iua } },
      knock,
    );
  const rpt = async (): Promise<string> => {
    const parameters = new URLSearchParams({
      grant_type: umaGrantType,
      ticket: await ticket(),
      claim_token: await claims(),
      claim_token_format: idTokenFormat,
      client_assertion_type: assertionType,
      client_assertion: await assertion(),
    });
    const granted = await posted(service, '/oauth/token', undefined, parameters.toString(), form);
    return String(granted['access_token']);
  };
  const known = { issuer: () => issuer, patient: () => patient, app: () => app.id, resource };
  return { ...known, ticket, rpt, assertion, claims };
}

const iua = {
  subject_name: 'Dr. T',
  person_id: 'Practitioner/t',
  purpose_of_use: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'TREAT' }],
};

/** Signed as it should be, whatever it claims; what is no object cannot be claimed. */
async function statement(keys: KeyPair, usual: object, knock?: { readonly claims?: readonly Mutation[] }) {
  const claimed = mutated(usual as Json, knock?.claims ?? []);
  return await signed(keys, isObject(claimed) ? (claimed as never) : {});
}
