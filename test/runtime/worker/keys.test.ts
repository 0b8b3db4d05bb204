// Every algorithm that we sign or verify by, in workerd as on Node (RFC 9068 §2.1; oauth-baseline.md, private_key_jwt row 6).
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertionAlgorithms } from '../../../src/protocols/authorization-server/client-assertion.ts';
import {
  rotateSigningKey,
  signingAlgorithms,
} from '../../../src/protocols/authorization-server/signing-key.ts';
import { trustedIssuerStore } from '../../../src/storage/trusted-issuers.ts';
import { idTokenFormat } from '../../support/authority.ts';
import { iua } from '../../support/claim-tokens.ts';
import { aKeyPair, headerOf, signed } from '../../support/keys.ts';
import { umaGrantType } from '../../support/uma-story.ts';
import { claimsOf, issuer, now, startWorkerd, type Workerd } from '../../support/workerd.ts';

let workerd: Workerd;

beforeAll(async () => {
  workerd = await startWorkerd();
});
afterAll(() => workerd?.stop());

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const search = async (token: string): Promise<number> =>
  (await workerd.send('GET', '/fhir/R5/Consent', undefined, bearer(token))).status;

describe.each(signingAlgorithms)('a service that signs by %s', (algorithm) => {
  it('signs what others verify by its key set, and what it believes itself', async () => {
    const { kid } = await rotateSigningKey(workerd.keyDeps, now(), { atOnce: true, algorithm });
    const token = await workerd.tokenOf(await workerd.register({ scopes: ['system/Consent.s'] }));
    expect(headerOf(token)).toEqual({ alg: algorithm, typ: 'at+jwt', kid });
    const { body } = await workerd.send('GET', '/oauth/jwks');
    const { payload } = await jwtVerify(token, createLocalJWKSet(body), { issuer, audience: issuer });
    expect(payload['scope']).toBe('system/Consent.s');
    expect(await search(token)).toBe(200);
    expect(await search(forged(token))).toBe(401);
  });
});

/** One bit of the signature turned. */
function forged(token: string): string {
  const [header, payload, signature = ''] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url').map((byte, at) => (at === 5 ? byte ^ 1 : byte));
  return `${header}.${payload}.${Buffer.from(bytes).toString('base64url')}`;
}

it('a key that another took the place of at once is believed no more', async () => {
  const token = await workerd.tokenOf(await workerd.register({ scopes: ['system/Consent.s'] }));
  expect(await search(token)).toBe(200);
  await rotateSigningKey(workerd.keyDeps, now(), { atOnce: true });
  expect(await search(token)).toBe(401);
});

it.each(assertionAlgorithms)('a client is believed by %s, and by no other key', async (algorithm) => {
  const client = await workerd.register({ scopes: ['system/Consent.s'] }, algorithm);
  expect(await search(await workerd.tokenOf(client))).toBe(200);
  const other = await aKeyPair(algorithm);
  const thief = { ...client, keys: { ...other, kid: client.keys.kid } };
  await expect(workerd.tokenOf(thief)).rejects.toThrow('invalid_client');
});

describe('a claim token', () => {
  let server: string;
  let app: Awaited<ReturnType<Workerd['register']>>;
  let resource: string;

  beforeAll(async () => {
    const filer = await workerd.register({
      scopes: ['system/*.cruds'],
      may: ['file', 'activate'],
    });
    const filing = bearer(await workerd.tokenOf(filer));
    const patient = await workerd.sendJson('POST', '/fhir/R5/Patient', { resourceType: 'Patient' }, filing);
    const subject = { reference: `Patient/${patient.body.id}` };
    const consent = { resourceType: 'Consent', status: 'active', subject, grantor: [subject] };
    await workerd.sendJson('POST', '/fhir/R5/Consent', { ...consent, decision: 'permit' }, filing);
    server = await workerd.tokenOf(
      await workerd.register({ scopes: ['uma_protection'], resource: 'https://records.example' }),
    );
    app = await workerd.register({ grants: [umaGrantType] });
    const description = { resource_owner: subject.reference, resource_scopes: ['patient/Observation.rs'] };
    const registered = await workerd.sendJson('POST', '/uma/resources', description, bearer(server));
    resource = registered.body._id;
  });

  it.each(['ES256', 'ES384', 'PS256', 'RS256', 'EdDSA'])('is believed by %s', async (algorithm) => {
    const [keys, other] = [await aKeyPair(algorithm), await aKeyPair(algorithm)];
    const name = `https://${algorithm.toLowerCase()}.example`;
    const trusted = { issuer: name, jwks: [keys.publicJwk], clientIds: {} };
    await trustedIssuerStore(workerd.database).trust(trusted);
    const redeem = async (signer: typeof keys) => {
      const asked = { resource_id: resource, resource_scopes: ['patient/Observation.rs'] };
      const { body } = await workerd.sendJson('POST', '/uma/permission', asked, bearer(server));
      const claims = { ...claimsOf(name), sub: 'dr-t', extensions: { ihe_iua: iua() } };
      const reply = await workerd.postForm(app, '/oauth/token', {
        grant_type: umaGrantType,
        ticket: body.ticket,
        claim_token: await signed(signer, claims),
        claim_token_format: idTokenFormat,
      });
      return [reply.status, reply.body.error];
    };
    expect(await redeem(keys)).toEqual([200, undefined]);
    expect(await redeem({ ...other, kid: keys.kid })).toEqual([403, 'need_info']);
  });
});
