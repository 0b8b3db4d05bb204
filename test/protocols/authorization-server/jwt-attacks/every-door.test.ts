/** Every endpoint that takes a JWT is attacked: whatever the contract lists, whoever added it (RFC 6750 §3.1, RFC 8725). */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  clientCredentialsRequest,
  codeRequest,
  refreshRequest,
} from '../../../../src/protocols/authorization-server/wire.ts';
import { umaTokenRequest } from '../../../../src/protocols/uma/wire.ts';
import { type Door, doors } from '../../../support/contract-doors.ts';
import { forgeriesOneOfEach, misstatementsOneOfEach } from '../../../support/jwt-attacks/one-of-each.ts';
import { fitsHeader, ourStatement } from '../../../support/jwt-attacks/place.ts';
import { type Service, startService } from '../../../support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

describe('what takes no access token', () => {
  const openTo: Readonly<Record<string, readonly string[]>> = {
    'whoever reads what we publish': [
      ...['isAlive', 'isReady', 'readKeySet', 'cdsServices'],
      ...['readAuthorizationServerMetadata', 'readUmaConfiguration', 'readAuthzenConfiguration'],
      ...['R4', 'R4B', 'R5', ''].flatMap((base) => [`fhir${base}Metadata`, `fhir${base}Versions`]),
    ],
    'people at a browser, known by their cookie': [
      ...['authorize', 'authorizeByForm', 'decideAuthorization', 'signOut', 'gatherClaims', 'takeClaims'],
    ],
    'clients that prove themselves in the form': ['issueToken', 'revokeToken'],
  };

  it('says whom it is open to', () => {
    const open = doors.filter(({ isGuarded }) => !isGuarded).map(({ name }) => name);
    expect(open.sort()).toEqual(Object.values(openTo).flat().sort());
  });
});

describe('parameters of forms', () => {
  /** Which file attacks it, at each of these endpoints and grants. */
  const attacked: Readonly<Record<string, readonly string[]>> = {
    client_assertion: ['issueToken', 'introspectToken', 'revokeToken'],
    token: ['introspectToken', 'revokeToken'],
    claim_token: ['urn:ietf:params:oauth:grant-type:uma-ticket'],
    rpt: ['urn:ietf:params:oauth:grant-type:uma-ticket'],
  };
  const noJwt: readonly string[] = [
    ...['client_id', 'client_assertion_type', 'client_secret', 'grant_type', 'resource', 'token_type_hint'],
    ...['scope', 'code', 'redirect_uri', 'code_verifier', 'refresh_token'],
    ...['ticket', 'claim_token_format', 'pct'],
    // Of pages.
    ...['response_type', 'state', 'code_challenge', 'code_challenge_method', 'prompt'],
    ...['decision', 'form_token', 'request', 'next', 'answer'],
  ];
  const ofGrants = {
    authorization_code: codeRequest,
    refresh_token: refreshRequest,
    client_credentials: clientCredentialsRequest,
    'urn:ietf:params:oauth:grant-type:uma-ticket': umaTokenRequest,
  };

  it('are known, so that one that takes a JWT is attacked', async () => {
    const { body } = await service.send('GET', '/.well-known/oauth-authorization-server');
    expect([...body.grant_types_supported].sort()).toEqual(Object.keys(ofGrants).sort());
    const ofForms = doors
      .filter(({ path }) => !path.startsWith('/fhir'))
      .flatMap(({ name, parameters }) => parameters.map((parameter) => [parameter, name] as const));
    const all = Object.entries(ofGrants).flatMap(([grant, { shape }]) =>
      Object.keys(shape).map((parameter) => [parameter, grant] as const),
    );
    const maybe = [...ofForms, ...all].filter(([parameter]) => !noJwt.includes(parameter));
    const listed = Object.entries(attacked).flatMap(([name, at]) => at.map((each) => [name, each] as const));
    expect(maybe.map(String).sort()).toEqual(listed.map(String).sort());
  });
});

const guarded = doors.filter(({ isGuarded }) => isGuarded);

/** The bases of FHIR are one table of endpoints four times, and a type is served as another is. */
const isOneOfManyAlike = ({ path }: Door): boolean => /^\/fhir\/(?!R5\/(?:Consent|AuditEvent)\b)/.test(path);
const few = [
  'alg "none" and no signature',
  'HS256 with the public key as secret (PEM)',
  'a key brought along in jwk',
  'another audience',
  'an expiry of a minute ago',
];

describe('the bearer token', () => {
  let attacks: readonly (readonly [name: string, token: string])[];
  let genuine: string;

  beforeAll(async () => {
    const scopes = ['system/*.cruds', 'decision', 'decision.explain', 'b2b', 'uma_protection'];
    const caller = await service.clientWith(scopes, { resource: 'https://records.example' });
    genuine = caller.authorization;
    const statement = await ourStatement(service, genuine.slice('Bearer '.length));
    const made = [...forgeriesOneOfEach, ...misstatementsOneOfEach].map(
      async ([name, make]) => [name, await make(statement)] as const,
    );
    attacks = (await Promise.all(made)).filter(([, token]) => fitsHeader(token));
  });

  const knock = async ({ method, path }: Door, authorization: string) => {
    const named = path.replaceAll(/\{\w+\}/g, randomUUID());
    const { status, headers, text } = await service.send(method, named, undefined, { authorization });
    return { status, challenge: headers.get('www-authenticate'), text };
  };

  it.each(guarded.map((door) => [door.method, door.path, door] as const))('at %s %s', async (_, __, door) => {
    const chosen = attacks.filter(([name]) => !isOneOfManyAlike(door) || few.includes(name));
    expect(chosen.length).toBeGreaterThanOrEqual(few.length);
    const replies = await Promise.all(
      chosen.map(async ([name, token]) => [name, await knock(door, `Bearer ${token}`)] as const),
    );
    for (const [name, reply] of replies) {
      expect([name, reply.status]).toEqual([name, 401]);
      expect(reply.challenge).toBe('Bearer realm="headwater", error="invalid_token"');
    }
    // No oracle: why it is refused shows nowhere, but to the holder of a token that was good once (fhir-consent.md §8).
    const told = replies.filter(([name]) => name !== 'an expiry of a minute ago').map(([, { text }]) => text);
    expect(new Set(told).size).toBe(1);
    expect((await knock(door, genuine)).status).not.toBe(401);
  });
});
