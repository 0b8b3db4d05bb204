/** UMA over the whole service: a patient, a resource server with her record, an app, an identity provider, real consents. */
import { randomBytes, randomUUID } from 'node:crypto';
import { asInstant, toEpochSeconds } from '../../src/base/instant.ts';
import type { Client } from '../../src/protocols/authorization-server/client.ts';
import { assertionType } from '../../src/protocols/authorization-server/client-assertion.ts';
import { clientStore } from '../../src/storage/clients.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { trustedIssuerStore } from '../../src/storage/trusted-issuers.ts';
import { idTokenFormat } from './authority.ts';
import { iua } from './claim-tokens.ts';
import { freshDatabase } from './database.ts';
import { aKeyPair, signed } from './keys.ts';
import { idOf, issuer, type Service, startService } from './service.ts';

export type UmaService = Awaited<ReturnType<typeof startUmaService>>;
type Reply = Awaited<ReturnType<Service['send']>>;
type Form = Readonly<Record<string, string>>;

const start = asInstant(Date.parse('2026-10-01T10:00:00Z'));

export async function startUmaService(settings: Parameters<typeof startService>[0] = {}) {
  const fresh = await freshDatabase();
  const service = await startService(settings, fresh);
  const { database, close } = openDatabase(fresh.url, { connections: 2 });
  const random = (count: number): Uint8Array => new Uint8Array(randomBytes(count));
  const clock = { seconds: toEpochSeconds(start) };

  const idp = { issuer: `https://idp-${randomUUID()}.example`, keys: await aKeyPair() };
  await trustedIssuerStore(database).trust({ issuer: idp.issuer, jwks: [idp.keys.publicJwk], clientIds: {} });

  /** An app that redeems tickets. */
  const anApp = async (given: Partial<Client> = {}) => {
    const keys = await aKeyPair();
    const client: Client = {
      id: randomUUID(),
      name: 'an app',
      jwks: [keys.publicJwk],
      grants: ['urn:ietf:params:oauth:grant-type:uma-ticket'],
      scopes: [],
      may: [],
      createdAt: start,
      ...given,
    };
    await clientStore(database, { random }).create(client);
    const credentials = async (): Promise<Form> => {
      const claims = {
        iss: client.id,
        sub: client.id,
        aud: issuer,
        iat: clock.seconds,
        exp: clock.seconds + 60,
      };
      const client_assertion = await signed(keys, { ...claims, jti: randomUUID() });
      return { client_assertion_type: assertionType, client_assertion };
    };
    return { ...client, credentials };
  };
  type App = Awaited<ReturnType<typeof anApp>>;

  const filer = await service.clientWith(['system/*.cruds'], { may: ['file', 'activate'] });
  const server = await service.clientWith(['uma_protection'], {
    resource: `https://rs-${randomUUID()}.example`,
  });
  const ann = idOf(await filer.post('/fhir/R4/Patient', { resourceType: 'Patient' }));

  const postForm = (path: string, form: Form, headers: Form = {}): Promise<Reply> =>
    service.send('POST', path, new URLSearchParams(form).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    });
  const aResource = async (given: object = {}): Promise<string> => {
    const resource_scopes = ['patient/Observation.rs', 'patient/Condition.rs', 'patient/*.rs'];
    const description = { resource_owner: `Patient/${ann}`, resource_scopes, ...given };
    const { status, body, text } = await service.send('POST', '/uma/resources', description, pat());
    if (status !== 201) throw new Error(text);
    return body._id;
  };
  const pat = (): Form => ({ authorization: server.authorization });
  const tokenRequest = async (app: App, form: Form): Promise<Reply> =>
    postForm('/oauth/token', { ...(await app.credentials()), ...form });
  const resource = await aResource();

  return {
    service,
    database,
    server,
    filer,
    ann: `Patient/${ann}`,
    idp,
    resource,
    anApp,
    aResource,
    /** The clock of the service, and of whoever signs here. */
    wait: (seconds: number): void => {
      clock.seconds += seconds;
      service.wait(seconds);
    },
    aTicket: async (
      permissions: unknown = { resource_id: resource, resource_scopes: ['patient/Observation.rs'] },
    ) => {
      const { status, body, text } = await service.send('POST', '/uma/permission', permissions, pat());
      if (status !== 201) throw new Error(text);
      return body.ticket as string;
    },
    claims: async (claims: object = {}): Promise<Form> => ({
      claim_token: await signed(idp.keys, {
        iss: idp.issuer,
        sub: 'dr-t',
        aud: issuer,
        iat: clock.seconds,
        exp: clock.seconds + 3600,
        jti: randomUUID(),
        extensions: { ihe_iua: iua() },
        ...claims,
      }),
      claim_token_format: idTokenFormat,
    }),
    token: tokenRequest,
    redeem: (app: App, ticket: string, form: Form = {}): Promise<Reply> =>
      tokenRequest(app, { grant_type: 'urn:ietf:params:oauth:grant-type:uma-ticket', ticket, ...form }),
    revoke: async (app: App, form: Form): Promise<Reply> =>
      postForm('/oauth/revoke', { ...(await app.credentials()), ...form }),
    introspect: (token: string, authorization: string = server.authorization): Promise<Reply> =>
      postForm('/oauth/introspect', { token }, { authorization }),
    stop: async (): Promise<void> => {
      await close();
      await service.stop();
      await fresh.drop();
    },
  };
}
