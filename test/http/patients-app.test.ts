/** The app of a patient, through the service as it is composed: a code, tokens of both formats, FHIR, revocation. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Client } from '../../src/protocols/authorization-server/client.ts';
import { createIssueCode } from '../../src/protocols/authorization-server/issue-code.ts';
import { storesOver } from '../../src/runtime/compose/stores.ts';
import { clientStore } from '../../src/storage/clients.ts';
import { transact } from '../../src/storage/transact.ts';
import { back, challenge, verifier } from '../support/oauth-story.ts';
import { idOf, type Service, startService, treatmentConsent } from '../support/service.ts';

let service: Service;
let ann: string;
let bob: string;

beforeAll(async () => {
  service = await startService();
  const filer = await service.clientWith(['system/*.cruds'], { may: ['file', 'activate'] });
  const aPatient = async () => idOf(await filer.post('/fhir/R5/Patient', { resourceType: 'Patient' }));
  [ann, bob] = [await aPatient(), await aPatient()];
  const clinic = idOf(await filer.post('/fhir/R5/Organization', { resourceType: 'Organization', name: 'o' }));
  for (const patient of [ann, bob])
    expect((await filer.post('/fhir/R5/Consent', treatmentConsent(patient, clinic))).status).toBe(201);
});
afterAll(() => service.stop());

const post = (path: string, form: Record<string, string>) =>
  service.send('POST', path, new URLSearchParams(form).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
  });

const consentsWith = (token: string) =>
  service.send('GET', '/fhir/R5/Consent', undefined, {
    authorization: `Bearer ${token}`,
    origin: 'https://app.example',
  });

it.each(['jwt', 'opaque'] as const)(
  'reads what is about its patient, by tokens of format %s',
  async (tokenFormat) => {
    const { database, random, now } = service;
    const scopes = ['patient/Consent.rs', 'offline_access'];
    const client: Client = {
      id: randomUUID(),
      name: 'an app',
      jwks: [],
      redirectUris: [back],
      grants: ['authorization_code', 'refresh_token'],
      scopes,
      may: [],
      tokenFormat,
      createdAt: now(),
    };
    await clientStore(database, { random }).create(client);
    const code = await createIssueCode({
      transact: transact(database, (within) => storesOver(within, random)),
      random,
    })({
      client,
      patient: `Patient/${ann}`,
      scopes,
      resources: [],
      redirectUri: back,
      isRedirectNamed: true,
      codeChallenge: challenge,
      at: now(),
      requestId: 'a request',
    });
    const proof = { client_id: client.id, code, code_verifier: verifier, redirect_uri: back };
    const first = await post('/oauth/token', { grant_type: 'authorization_code', ...proof });
    const { refresh_token } = first.body;
    const renewed = await post('/oauth/token', {
      grant_type: 'refresh_token',
      client_id: client.id,
      refresh_token,
    });
    for (const { body } of [first, renewed]) {
      const found = await consentsWith(body.access_token);
      expect([found.status, found.body.total]).toEqual([200, 1]);
      expect(found.headers.get('access-control-allow-origin')).toBe('*');
      expect(found.text).toContain(`Patient/${ann}`);
      expect(found.text).not.toContain(bob);
    }
    const token = renewed.body.refresh_token;
    expect((await post('/oauth/revoke', { client_id: client.id, token })).status).toBe(200);
    for (const { body } of [first, renewed]) expect((await consentsWith(body.access_token)).status).toBe(401);
  },
);
