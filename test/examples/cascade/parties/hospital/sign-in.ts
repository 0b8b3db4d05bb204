// The hospital as identity provider: staff sign in and get a token about themselves for one audience, with the purpose
// they state. A hospital would put OpenID Connect here; what comes out would be the same ID token.

import { timingSafeEqual } from 'node:crypto';
import { importJWK, jwtVerify } from 'jose';
import { asInstant } from '../../../../../src/base/instant.ts';
import { isObject, type JsonObject, parseJsonObject } from '../../../../../src/base/json.ts';
import { actReason, type RequesterClaims, signClaimToken } from '../../../../../src/sdk/index.ts';
import type { Answer } from '../party.ts';
import type { HospitalSettings, StaffMember } from './settings.ts';
import type { Requester } from './transactions.ts';

export type IdentityProvider = {
  readonly signIn: (body: string) => Promise<Answer>;
  /** Who an ID token for this server is about; undefined when it is not one of ours. */
  readonly recognize: (idToken: string) => Promise<Requester | undefined>;
  /** Vouches for somebody at another server, on behalf of the app that asked. */
  readonly vouch: (requester: Requester, audience: string, clientId: string) => Promise<string>;
};

export function identityProvider(issuer: string, settings: HospitalSettings): IdentityProvider {
  const signer = { issuer, key: { key: settings.keys.privateJwk, kid: settings.keys.kid } };
  const audiences = [issuer, settings.consents.issuer];
  const sign = (claims: RequesterClaims, audience: string): Promise<string> =>
    signClaimToken(signer, audience, claims, asInstant(Date.now()));

  async function signIn(body: string): Promise<Answer> {
    const request = parseJsonObject(body);
    const asked = request.ok ? request.value : {};
    const person = settings.staff.find((one) => isSignedIn(one, asked));
    const { purpose, audience } = asked;
    if (!person) return { status: 401, body: { error: 'wrong username or password' } };
    if (typeof purpose !== 'string' || !person.purposes.includes(purpose)) return refused('purpose');
    if (typeof audience !== 'string' || !audiences.includes(audience)) return refused('audience');
    return { status: 200, body: { id_token: await sign(claimsAbout(person, purpose, settings), audience) } };
  }

  async function recognize(idToken: string): Promise<Requester | undefined> {
    try {
      const key = await importJWK(settings.keys.publicJwk, 'ES256');
      const { payload } = await jwtVerify(idToken, key, { issuer, audience: issuer, algorithms: ['ES256'] });
      const extensions = payload['extensions'] as JsonObject | undefined;
      const iua = isObject(extensions?.['ihe_iua']) ? extensions['ihe_iua'] : {};
      const purposes = iua['purpose_of_use'] as Requester['purposes'];
      return { issuer, subject: payload.sub ?? '', purposes };
    } catch {
      return undefined;
    }
  }

  async function vouch(requester: Requester, audience: string, clientId: string): Promise<string> {
    const person = settings.staff.find(({ subject }) => subject === requester.subject);
    if (!person) throw new Error('nobody to vouch for');
    const claims = claimsAbout(person, requester.purposes[0]?.code ?? '', settings);
    return await sign({ ...claims, onBehalfOfClient: clientId }, audience);
  }

  return { signIn, recognize, vouch };
}

function isSignedIn(person: StaffMember, asked: JsonObject): boolean {
  const given = Buffer.from(String(asked['password']));
  const known = Buffer.from(person.password);
  return (
    asked['username'] === person.username && given.length === known.length && timingSafeEqual(given, known)
  );
}

function claimsAbout(person: StaffMember, purpose: string, settings: HospitalSettings): RequesterClaims {
  return {
    subject: person.subject,
    purposes: [{ system: actReason, code: purpose }],
    roles: person.roles,
    organizationId: settings.organizationId,
    ...(person.personId === undefined ? {} : { personId: person.personId }),
  };
}

const refused = (member: string): Answer => ({
  status: 403,
  body: { error: `this ${member} is not for you` },
});
