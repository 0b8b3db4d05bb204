/**
 * SIGKILL in the middle of a load: whatever was acknowledged before it holds after the next start. A revocation stays
 * done, a ticket and an assertion stay used, a token stays known (uma2.md U6, RFC 7009 §2.2, RFC 7523 §3).
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { asInstant } from '../../src/base/instant.ts';
import type { Client } from '../../src/protocols/authorization-server/client.ts';
import { assertionType } from '../../src/protocols/authorization-server/client-assertion.ts';
import { clientStore } from '../../src/storage/clients.ts';
import { trustedIssuerStore } from '../../src/storage/trusted-issuers.ts';
import { idTokenFormat } from '../support/authority.ts';
import { iua } from '../support/claim-tokens.ts';
import { aKeyPair, type KeyPair, signed } from '../support/keys.ts';
import { type KillableService, killableService } from '../support/killable-service.ts';
import { treatmentConsent } from '../support/service.ts';
import { umaGrantType } from '../support/uma-story.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

let service: KillableService;
afterEach(() => service.stop());

type Answer = {
  readonly status: number;
  readonly body: Readonly<Record<string, string>>;
  readonly headers: Headers;
};
type Form = Readonly<Record<string, string>>;
type Party = { readonly id: string; readonly keys: KeyPair };

async function send(path: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(`${service.issuer}${path}`, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
}

const postForm = (path: string, form: Form, headers: Form = {}): Promise<Answer> =>
  send(path, { method: 'POST', body: new URLSearchParams(form), headers });

const postJson = (path: string, token: string, body: object): Promise<Answer> =>
  send(path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': path.startsWith('/fhir') ? 'application/fhir+json' : 'application/json',
    },
    body: JSON.stringify(body),
  });

const inAMinute = () => {
  const iat = Math.floor(Date.now() / 1000);
  return { iat, exp: iat + 120, jti: randomUUID() };
};

const credentials = async ({ id, keys }: Party): Promise<Form> => ({
  client_assertion_type: assertionType,
  client_assertion: await signed(keys, { iss: id, sub: id, aud: service.issuer, ...inAMinute() }),
});

const tokenForm = async (party: Party, scope: string): Promise<Form> => ({
  grant_type: 'client_credentials',
  scope,
  ...(await credentials(party)),
});

async function expected(answer: Promise<Answer>, status: number): Promise<Answer> {
  const { body, ...rest } = await answer;
  expect({ status: rest.status, body }).toMatchObject({ status });
  return { body, ...rest };
}

const tokenOf = async (party: Party, scope: string): Promise<string> =>
  (await expected(postForm('/oauth/token', await tokenForm(party, scope)), 200)).body['access_token'] ?? '';

async function register(given: Partial<Client>): Promise<Party> {
  const keys = await aKeyPair();
  const client = {
    id: randomUUID(),
    name: 'a client',
    jwks: [keys.publicJwk],
    grants: ['client_credentials', umaGrantType],
    scopes: [],
    may: [],
    createdAt: asInstant(Date.now()),
    ...given,
  };
  const random = (count: number) => new Uint8Array(randomBytes(count));
  await service.withDatabase((database) => clientStore(database, { random }).create(client));
  return { id: client.id, keys };
}

async function anIssuer(): Promise<Party> {
  const keys = await aKeyPair();
  const issuer = 'https://idp.example';
  const trusted = { issuer, jwks: [keys.publicJwk], clientIds: {} };
  await service.withDatabase((database) => trustedIssuerStore(database).trust(trusted));
  return { id: issuer, keys };
}

async function cast() {
  const filer = await register({ scopes: ['system/*.cruds'], may: ['file', 'activate'] });
  const server = await register({ scopes: ['uma_protection'], resource: 'https://as.example' });
  const client = await register({ scopes: ['decision'] });
  const idp = await anIssuer();
  const filing = await tokenOf(filer, 'system/*.cruds');
  const filed = async (resourceType: string, body: object = {}): Promise<string> => {
    const { headers } = await expected(
      postJson(`/fhir/R5/${resourceType}`, filing, { resourceType, ...body }),
      201,
    );
    return /\/([^/]+)\/_history/.exec(headers.get('location') ?? '')?.[1] ?? '';
  };
  const [patient, clinic] = [await filed('Patient'), await filed('Organization', { name: 'o' })];
  await filed('Consent', treatmentConsent(patient, clinic));
  const pat = await tokenOf(server, 'uma_protection');
  const description = { resource_owner: `Patient/${patient}`, resource_scopes: ['patient/Observation.rs'] };
  const resource = (await expected(postJson('/uma/resources', pat, description), 201)).body['_id'] ?? '';
  const tickets = await Promise.all(Array.from({ length: 100 }, () => aTicket(pat, resource)));
  return { server, client, idp, pat, clinic, tickets };
}
type Cast = Awaited<ReturnType<typeof cast>>;

async function aTicket(pat: string, resource: string): Promise<string> {
  const asked = { resource_id: resource, resource_scopes: ['patient/Observation.rs'] };
  return (await expected(postJson('/uma/permission', pat, asked), 201)).body['ticket'] ?? '';
}

async function redemption({ client, idp, clinic }: Cast, ticket: string): Promise<Form> {
  const claims = { subject_organization_id: `${service.issuer}/fhir/R5/Organization/${clinic}` };
  const { subject_name: _, ...asserted } = iua(claims);
  return {
    ...(await credentials(client)),
    grant_type: umaGrantType,
    ticket,
    claim_token_format: idTokenFormat,
    claim_token: await signed(idp.keys, {
      iss: idp.id,
      sub: 'o',
      aud: service.issuer,
      ...inAMinute(),
      extensions: { ihe_iua: asserted },
    }),
  };
}

const introspect = (pat: string, token: string): Promise<Answer> =>
  postForm('/oauth/introspect', { token }, { authorization: `Bearer ${pat}` });

/** What the service said it did, and what it was asked to do when nobody heard the answer. */
type Told = {
  readonly tokens: string[];
  readonly rpts: Map<string, string>;
  readonly revoked: string[];
  readonly used: Form[];
  readonly unheard: string[];
};

/** Until `enough` of each kind were acknowledged, when `strike` is called in the middle of the others. */
async function load(parties: Cast, enough: number, strike: () => void): Promise<Told> {
  const told: Told = { tokens: [], rpts: new Map(), revoked: [], used: [], unheard: [] };
  const { client, server, tickets } = parties;
  const toRevoke: string[] = [];
  let isStruck = false;
  const acknowledged = (): void => {
    if (isStruck || Math.min(told.tokens.length, told.rpts.size, told.revoked.length) < enough) return;
    isStruck = true;
    strike();
  };
  const ask = async (path: string, form: Form, whenDone: (answer: Answer) => void): Promise<void> => {
    const answer = await expected(postForm(path, form), 200);
    told.used.push(form);
    whenDone(answer);
    acknowledged();
  };
  const works: readonly (() => Promise<void>)[] = [
    async () =>
      ask('/oauth/token', await tokenForm(server, 'uma_protection'), ({ body }) =>
        told.tokens.push(body['access_token'] ?? ''),
      ),
    async () => {
      const ticket = tickets.shift();
      if (ticket === undefined) return await sleep(1);
      told.unheard.push(ticket);
      await ask('/oauth/token', await redemption(parties, ticket), ({ body }) => {
        told.unheard.splice(told.unheard.indexOf(ticket), 1);
        told.rpts.set(ticket, body['access_token'] ?? '');
        if (told.rpts.size % 2 === 0) toRevoke.push(body['access_token'] ?? '');
      });
    },
    async () => {
      const token = toRevoke.shift();
      if (token === undefined) return await sleep(1);
      await ask('/oauth/revoke', { ...(await credentials(client)), token }, () => told.revoked.push(token));
    },
  ];
  const lane = async (work: () => Promise<void>): Promise<void> => {
    while (!isStruck)
      await work().catch((error: unknown) => {
        // Whoever is asking when it dies hears nothing; before that, every answer is the one that was expected.
        if (!isStruck) throw error;
      });
  };
  await Promise.all([...works, ...works].map(lane));
  return told;
}

const redeemedAgain = async (parties: Cast, ticket: string): Promise<string | undefined> =>
  (await postForm('/oauth/token', await redemption(parties, ticket))).body['error'];

async function expectNothingLost(parties: Cast, told: Told): Promise<void> {
  for (const token of told.tokens) {
    const headers = { authorization: `Bearer ${token}` };
    await expected(send('/uma/resources', { headers }), 200);
  }
  for (const [at, [ticket, rpt]] of [...told.rpts].entries()) {
    const { body } = await introspect(parties.pat, rpt);
    if (told.revoked.includes(rpt)) expect(body).toEqual({ active: false });
    // Of the others every second one is about to be revoked, which may have happened without an answer.
    else if (at % 2 === 0) expect(body['active']).toBe(true);
    expect(await redeemedAgain(parties, ticket)).toBe('invalid_grant');
  }
  for (const form of told.used) {
    const { body } = await postForm('/oauth/token', { grant_type: 'client_credentials', ...form });
    expect(body['error']).toBe('invalid_client');
  }
}

/** Where no answer came, it happened or it did not; it does not happen twice. */
async function expectAtMostOnce(parties: Cast, tickets: readonly string[]): Promise<void> {
  for (const ticket of tickets) {
    expect([undefined, 'invalid_grant']).toContain(await redeemedAgain(parties, ticket));
    expect(await redeemedAgain(parties, ticket)).toBe('invalid_grant');
  }
}

test('killed while it works, it forgets nothing it said: first the server alone, then its database with it', async () => {
  service = await killableService();
  const parties = await cast();
  for (const victims of [[], await service.databasePids()]) {
    const told = await load(parties, 6, () => service.kill(victims));
    await service.start();
    await expectNothingLost(parties, told);
    await expectAtMostOnce(parties, told.unheard);
  }
});
