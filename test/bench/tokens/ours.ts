/** A patient with a consent, an enterprise server with the patient's record, and an app that asks for it, by the thousand. */
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { sha256 } from '../../../src/access/digest.ts';
import { asInstant } from '../../../src/base/instant.ts';
import type { Client } from '../../../src/protocols/authorization-server/client.ts';
import { assertionType } from '../../../src/protocols/authorization-server/client-assertion.ts';
import { random } from '../../../src/runtime/random.ts';
import { clientStore } from '../../../src/storage/clients.ts';
import { trustedIssuerStore } from '../../../src/storage/trusted-issuers.ts';
import { iua } from '../../support/claim-tokens.ts';
import { aKeyPair, type KeyPair, signed } from '../../support/keys.ts';
import { idOf, treatmentConsent } from '../../support/service.ts';
import { type BenchService, issuer } from '../service.ts';
import { type Call, form, poster } from './over-http.ts';

type Party = { readonly id: string; readonly keys: KeyPair };
const idTokenFormat = 'http://openid.net/specs/openid-connect-core-1_0.html#IDToken';
const umaGrantType = 'urn:ietf:params:oauth:grant-type:uma-ticket';
const scopes = ['patient/Observation.rs'];

export type Ours = Awaited<ReturnType<typeof startOurs>>;

export async function startOurs(service: BenchService) {
  const server = serve({ fetch: service.app.fetch, hostname: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const post = poster(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [record, app] = [
    await register(service, { scopes: ['uma_protection'], resource: 'https://as.example.org' }),
    await register(service, { scopes: ['decision'] }),
  ];
  const idp = { id: 'https://idp.example.org', keys: await aKeyPair() };
  const trusted = { issuer: idp.id, jwks: [idp.keys.publicJwk], clientIds: {} };
  await trustedIssuerStore(service.database).trust(trusted);
  const { patient, clinic } = await filed(service);
  // It lives for an hour, which is longer than any bench.
  const pat = `Bearer ${accessTokenIn(await post(await tokenCall(record, 'uma_protection')))}`;
  const asRecord = (path: string, body: object): Call => ({
    path,
    body: JSON.stringify(body),
    headers: { authorization: pat },
    type: 'application/json',
  });
  const description = { resource_owner: `Patient/${patient}`, resource_scopes: scopes };
  const resource = (JSON.parse(await post(asRecord('/uma/resources', description))) as { _id: string })._id;
  const permissionCall = (): Call =>
    asRecord('/uma/permission', { resource_id: resource, resource_scopes: scopes });
  const claimToken = await claimTokenFor(idp, clinic);
  const rptCall = async (ticket: string): Promise<Call> => ({
    path: '/oauth/token',
    body: form({
      ...(await credentials(app)),
      grant_type: umaGrantType,
      ticket,
      claim_token: claimToken,
      claim_token_format: idTokenFormat,
    }),
  });
  const [model] = await ticketsOf(service, post, permissionCall());
  return {
    post,
    permissionCall,
    tokenCall: () => tokenCall(app, 'decision'),
    rptCall,
    rptCalls: async (count: number): Promise<readonly Call[]> =>
      await Promise.all((await copiesOf(service, model ?? '', count)).map(rptCall)),
    introspectionCall: async (): Promise<Call> => {
      const { ticket } = JSON.parse(await post(permissionCall())) as { ticket: string };
      const token = accessTokenIn(await post(await rptCall(ticket)));
      return { path: '/oauth/introspect', body: form({ token }), headers: { authorization: pat } };
    },
    stop: (): void => {
      post.close();
      server.close();
    },
  };
}

const accessTokenIn = (text: string): string => (JSON.parse(text) as { access_token: string }).access_token;

async function register({ database }: BenchService, given: Partial<Client>): Promise<Party> {
  const [id, keys] = [randomUUID(), await aKeyPair()];
  const client = { id, name: 'bench', jwks: [keys.publicJwk], grants: ['client_credentials', umaGrantType] };
  const rest = { scopes: [], may: [], createdAt: asInstant(Date.now()), ...given };
  await clientStore(database, { random }).create({ ...client, ...rest });
  return { id, keys };
}

async function filed({ request }: BenchService) {
  const file = async (resourceType: string, body: object = {}): Promise<string> => {
    const response = await request(`/fhir/R5/${resourceType}`, {
      method: 'POST',
      body: JSON.stringify({ resourceType, ...body }),
    });
    return idOf({ status: response.status, headers: response.headers, text: '' });
  };
  const [patient, clinic] = [await file('Patient'), await file('Organization', { name: 'a clinic' })];
  await file('Consent', treatmentConsent(patient, clinic));
  return { patient, clinic };
}

const soon = (seconds: number) => {
  const iat = Math.floor(Date.now() / 1000);
  return { iat, exp: iat + seconds, jti: randomUUID() };
};

const credentials = async ({ id, keys }: Party) => ({
  client_assertion_type: assertionType,
  client_assertion: await signed(keys, { iss: id, sub: id, aud: issuer, ...soon(300) }),
});

const tokenCall = async (party: Party, scope: string): Promise<Call> => ({
  path: '/oauth/token',
  body: form({ grant_type: 'client_credentials', scope, ...(await credentials(party)) }),
});

async function claimTokenFor({ id, keys }: Party, clinic: string): Promise<string> {
  const { subject_name: _, ...asserted } = iua({
    subject_organization_id: `${issuer}/fhir/R5/Organization/${clinic}`,
  });
  const claims = { iss: id, sub: 'clinic', aud: issuer, ...soon(3 * 3600) };
  return await signed(keys, { ...claims, extensions: { ihe_iua: asserted } });
}

/** The key of the row of a ticket that is never redeemed, of which copies are made. */
async function ticketsOf({ client }: BenchService, post: (call: Call) => Promise<string>, call: Call) {
  const { ticket } = JSON.parse(await post(call)) as { ticket: string };
  const rows = await client<{ key: string }[]>`select key from ticket where secret_hash = ${sha256(ticket)}`;
  return rows.map(({ key }) => key);
}

/** Tickets in hand: rows as the permission endpoint writes them, with secrets of their own. */
async function copiesOf({ client }: BenchService, key: string, count: number): Promise<readonly string[]> {
  const secrets = Array.from({ length: count }, () => randomBytes(32).toString('base64url'));
  const hashes = secrets.map(sha256);
  await client.unsafe(
    `insert into ticket
     select (json_populate_record(model, json_build_object('key', gen_random_uuid(), 'secret_hash', hash,
       'process', gen_random_uuid()::text, 'issued_at', now(), 'expires_at', now() + interval '300 s'))).*
     from ticket as model, unnest($2::text[]) as hash where model.key = $1`,
    [key, hashes],
  );
  return secrets;
}
