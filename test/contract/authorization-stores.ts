/** What every store of the authorization server must do, whatever it is built on. */
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { asInstant, plusSeconds } from '../../src/base/instant.ts';
import type {
  Authorization,
  AuthorizationStore,
  Code,
  RefreshToken,
} from '../../src/protocols/authorization-server/authorization-store.ts';
import type { SessionStore } from '../../src/protocols/authorization-server/browser/session.ts';
import type { ClientStore, UsedAssertions } from '../../src/protocols/authorization-server/client-store.ts';
import type {
  SealedKey,
  SigningKeyStore,
} from '../../src/protocols/authorization-server/signing-key-store.ts';
import type { IssuedToken, TokenStore } from '../../src/protocols/authorization-server/token-store.ts';

import { aClient, at } from './a-client.ts';

/** Who may end what any code stands for. */
const anybody = { clientId: 'a client', others: { since: asInstant(0) } };

export function clientStoreContract(store: () => ClientStore): void {
  it('finds a client as it was created', async () => {
    const given = {
      patients: ['Patient/ann'],
      organizations: ['Organization/a'],
      resource: `https://${randomUUID()}`,
    };
    const proof = {
      jwks: [],
      jwksUri: 'https://app.example/jwks',
      secretHash: 'hash',
      redirectUris: ['https://app.example/back'],
      claimsRedirectUris: ['https://app.example/claims'],
      tokenFormat: 'opaque',
      asynchronousApproval: true,
    } as const;
    for (const client of [aClient(), aClient(proof), aClient({ ...given, may: ['file', 'activate'] })]) {
      expect(await store().create(client)).toEqual({ ok: true, value: client });
      expect(await store().find(client.id)).toEqual(client);
    }
    expect(await store().find(randomUUID())).toBeUndefined();
  });

  it('finds each its own of many who ask at once, whatever others ask for', async () => {
    const clients = [aClient(), aClient(), aClient()];
    for (const client of clients) await store().create(client);
    const [first, second, third] = clients.map(({ id }) => id);
    const asked = [third, 'a\u0000b', first, '\ud800', randomUUID(), second, first, '', '{}', 'null'];
    const found = await Promise.all(asked.map((id) => store().find(id ?? '')));
    expect(found.map((each) => each?.id)).toEqual(
      asked.map((id) => (clients.some((client) => client.id === id) ? id : undefined)),
    );
  });

  it('lets one client serve under a URI', async () => {
    const resource = `https://${randomUUID()}`;
    const both = await Promise.all(
      [aClient({ resource }), aClient({ resource })].map((each) => store().create(each)),
    );
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(both.find(({ ok }) => !ok)).toEqual({ ok: false, failure: 'resource-taken' });
  });

  it('knows who serves under which URI, as long as they are not disabled', async () => {
    const [here, there] = [`https://${randomUUID()}`, `https://${randomUUID()}`];
    const [client, gone] = [aClient({ resource: here }), aClient({ resource: there })];
    await store().create(client);
    await store().create(gone);
    await store().disable(gone.id, at);
    expect(await store().serving([here, there, `https://${randomUUID()}`])).toEqual([client]);
    expect(await store().serving([])).toEqual([]);
  });

  it('lists clients, oldest first', async () => {
    const [older, newer] = [aClient({ createdAt: at }), aClient({ createdAt: plusSeconds(at, 1) })];
    await store().create(newer);
    await store().create(older);
    const ids = (await store().list()).map(({ id }) => id);
    expect(ids.indexOf(older.id)).toBeLessThan(ids.indexOf(newer.id));
  });

  it('disables a client once', async () => {
    const client = aClient();
    await store().create(client);
    expect(await store().disable(client.id, at)).toBe(true);
    expect(await store().disable(client.id, plusSeconds(at, 5))).toBe(true);
    expect((await store().find(client.id))?.disabledAt).toBe(at);
    expect(await store().disable(randomUUID(), at)).toBe(false);
  });
}

export function usedAssertionsContract(store: () => UsedAssertions): void {
  it('remembers for the first of many at once, and for each client apart', async () => {
    const [client, other, jti] = [randomUUID(), randomUUID(), randomUUID()];
    const firsts = await Promise.all(Array.from({ length: 20 }, () => store().remember(client, jti, at)));
    expect(firsts.filter((first) => first)).toHaveLength(1);
    expect(await store().remember(client, jti, plusSeconds(at, 60))).toBe(false);
    expect(await store().remember(other, jti, at)).toBe(true);
  });

  it('tells those who come at once apart, in whatever order', async () => {
    const [client, jtis] = [randomUUID(), Array.from({ length: 20 }, () => randomUUID())];
    const forth = jtis.map((jti) => store().remember(client, jti, at));
    const back = jtis.toReversed().map((jti) => store().remember(client, jti, at));
    const answers = await Promise.all([...forth, ...back]);
    expect(answers.filter((isFirst) => isFirst)).toHaveLength(jtis.length);
  });
}

export function signingKeyStoreContract(store: () => SigningKeyStore): void {
  const aKey = (given: Partial<SealedKey> = {}): SealedKey => ({
    kid: randomUUID(),
    publicJwk: { kty: 'EC' },
    sealed: 'sealed',
    createdAt: at,
    activeFrom: at,
    ...given,
  });

  it('takes one first key of many at once, and none later', async () => {
    await Promise.all(Array.from({ length: 5 }, () => store().addFirst(aKey())));
    expect(await store().list()).toHaveLength(1);
  });

  it('ends those before when another succeeds, and never later than was set', async () => {
    const [second, third] = [
      aKey({ activeFrom: plusSeconds(at, 1) }),
      aKey({ activeFrom: plusSeconds(at, 2) }),
    ];
    await store().succeed(second, plusSeconds(at, 10));
    await store().succeed(third, plusSeconds(at, 20));
    const ends = (await store().list()).map(({ retiredAt }) => retiredAt);
    expect(ends).toEqual([undefined, plusSeconds(at, 20), plusSeconds(at, 10)]);
    expect((await store().list())[0]).toEqual(third);
    const fourth = aKey({ activeFrom: plusSeconds(at, 3) });
    await store().succeed(fourth, plusSeconds(at, 15));
    expect((await store().list()).map(({ retiredAt }) => retiredAt)).toEqual([
      undefined,
      plusSeconds(at, 15),
      plusSeconds(at, 15),
      plusSeconds(at, 10),
    ]);
    await store().retire(fourth.kid, plusSeconds(at, 5));
    await store().retire(third.kid, plusSeconds(at, 30));
    const [last, beforeLast] = await store().list();
    expect([last?.retiredAt, beforeLast?.retiredAt]).toEqual([plusSeconds(at, 5), plusSeconds(at, 15)]);
  });
}

export function tokenStoreContract(
  store: () => TokenStore,
  clients: () => ClientStore,
  authorizations: () => AuthorizationStore,
): void {
  const aToken = (clientId: string, given: Partial<IssuedToken> = {}): IssuedToken => ({
    id: randomUUID(),
    kind: 'access',
    clientId,
    scopes: ['b2b'],
    issuedAt: at,
    expiresAt: plusSeconds(at, 300),
    ...given,
  });

  const anAuthorizationOnFile = async (codeHash: string = randomUUID()) => {
    const authorization = anAuthorization();
    await authorizations().begin(authorization, codeHash, aCode(authorization));
    return authorization;
  };

  it('finds a token with its client', async () => {
    const client = aClient();
    await clients().create(client);
    const rpt = { kind: 'rpt', resourceServer: randomUUID(), patient: 'Patient/ann', scopes: [] } as const;
    const authorized = { authorization: (await anAuthorizationOnFile()).id, patient: 'Patient/ann' };
    for (const token of [aToken(client.id), aToken(client.id, rpt), aToken(client.id, authorized)]) {
      await store().keep(token);
      expect(await store().find(token.id)).toEqual({ token, client });
    }
    expect(await store().find(randomUUID())).toBeUndefined();
  });

  it('finds an opaque token by its secret, and never without one', async () => {
    const client = aClient();
    await clients().create(client);
    const [token, secretHash] = [aToken(client.id), randomUUID()];
    await store().keep(token, secretHash);
    expect(await store().findBySecret(secretHash)).toEqual({ token, client });
    expect(await store().findBySecret(randomUUID())).toBeUndefined();
  });

  it('ends a token with the authorization it rests on, and keeps none without it', async () => {
    const client = aClient();
    await clients().create(client);
    const codeHash = randomUUID();
    const { id } = await anAuthorizationOnFile(codeHash);
    const [token, secretHash] = [aToken(client.id, { authorization: id }), randomUUID()];
    const orphan = aToken(client.id, { authorization: randomUUID() });
    await store().keep(token, secretHash);
    await store().keep(orphan);
    expect(await store().find(orphan.id)).toBeUndefined();
    await authorizations().endByCode(codeHash, anybody, plusSeconds(at, 9));
    for (const found of [await store().find(token.id), await store().findBySecret(secretHash)])
      expect(found?.token.revokedAt).toBe(plusSeconds(at, 9));
    await store().revoke(token.id, client.id, plusSeconds(at, 5));
    expect((await store().find(token.id))?.token.revokedAt).toBe(plusSeconds(at, 5));
  });

  it('revokes a token for its client alone, and once', async () => {
    const client = aClient();
    await clients().create(client);
    const token = aToken(client.id);
    await store().keep(token);
    expect(await store().revoke(token.id, randomUUID(), at)).toBe(false);
    expect((await store().find(token.id))?.token).not.toHaveProperty('revokedAt');
    expect(await store().revoke(token.id, client.id, at)).toBe(true);
    expect(await store().revoke(token.id, client.id, plusSeconds(at, 9))).toBe(true);
    expect((await store().find(token.id))?.token.revokedAt).toBe(at);
  });
}

const anAuthorization = (given: Partial<Authorization> = {}): Authorization => ({
  id: randomUUID(),
  clientId: randomUUID(),
  patient: 'Patient/ann',
  scopes: ['patient/Consent.rs', 'offline_access'],
  resources: ['https://records.example'],
  authorizedAt: at,
  expiresAt: plusSeconds(at, 3600),
  ...given,
});

const aCode = ({ clientId }: Authorization): Code => ({
  clientId,
  redirectUri: 'https://app.example/back',
  isRedirectNamed: true,
  codeChallenge: 'challenge',
});

export function authorizationStoreContract(store: () => AuthorizationStore): void {
  const begun = async () => {
    const authorization = anAuthorization();
    const code = aCode(authorization);
    const codeHash = randomUUID();
    await store().begin(authorization, codeHash, code);
    return { authorization, code, codeHash };
  };
  const refreshed = async () => {
    const { authorization } = await begun();
    const { id, clientId } = authorization;
    const refreshToken: RefreshToken = {
      authorization: id,
      clientId,
      issuedAt: at,
      expiresAt: plusSeconds(at, 600),
    };
    const secretHash = randomUUID();
    await store().keepRefreshToken(secretHash, refreshToken);
    return { authorization, refreshToken, secretHash };
  };

  it('gives a code to one of many at once, as it was issued, with what it rests on', async () => {
    const { authorization, code, codeHash } = await begun();
    const got = await Promise.all(Array.from({ length: 50 }, () => store().useCode(codeHash, at)));
    expect(got.filter((each) => each !== undefined)).toEqual([{ code, authorization }]);
    expect(await store().useCode(randomUUID(), at)).toBeUndefined();
  });

  it('ends what a code stands for, used or not, once', async () => {
    const { codeHash } = await begun();
    expect(await store().endByCode(codeHash, anybody, at)).toBe(true);
    expect(await store().endByCode(codeHash, anybody, plusSeconds(at, 5))).toBe(true);
    expect((await store().useCode(codeHash, at))?.authorization.revokedAt).toBe(at);
    expect(await store().endByCode(randomUUID(), anybody, at)).toBe(false);
  });

  it('ends what a code stands for by its own client, and by another one as long as it is young', async () => {
    const { codeHash, authorization } = await begun();
    const { clientId, authorizedAt } = authorization;
    const other = randomUUID();
    expect(await store().endByCode(codeHash, { clientId: other, others: { since: authorizedAt } }, at)).toBe(
      false,
    );
    const code = await store().useCode(codeHash, at);
    expect(code?.authorization).not.toHaveProperty('revokedAt');
    const since = plusSeconds(authorizedAt, -1);
    expect(await store().endByCode(codeHash, { clientId: other, others: { since } }, at)).toBe(true);
    expect(await store().endByCode(codeHash, { clientId, others: { since: authorizedAt } }, at)).toBe(true);
  });

  it('keeps neither an authorization nor its code when the code is there already', async () => {
    const { code, codeHash, authorization } = await begun();
    await expect(store().begin(anAuthorization(), codeHash, code)).rejects.toThrow();
    expect((await store().useCode(codeHash, at))?.authorization).toEqual(authorization);
  });

  it('finds a refresh token with what it rests on', async () => {
    const { authorization, refreshToken, secretHash } = await refreshed();
    expect(await store().findRefreshToken(secretHash)).toEqual({ authorization, refreshToken });
    expect(await store().findRefreshToken(randomUUID())).toBeUndefined();
  });

  it('lets one of many at once use a refresh token, and remembers it', async () => {
    const { secretHash } = await refreshed();
    const uses = await Promise.all(Array.from({ length: 50 }, () => store().useRefreshToken(secretHash, at)));
    expect(uses.filter((use) => use)).toHaveLength(1);
    expect((await store().findRefreshToken(secretHash))?.refreshToken.usedAt).toBe(at);
    expect(await store().useRefreshToken(randomUUID(), at)).toBe(false);
  });

  it('ends what a refresh token rests on for its client alone, and once', async () => {
    const { authorization, secretHash } = await refreshed();
    expect(await store().endByRefreshToken(secretHash, randomUUID(), at)).toBe(false);
    expect((await store().findRefreshToken(secretHash))?.authorization).not.toHaveProperty('revokedAt');
    expect(await store().endByRefreshToken(secretHash, authorization.clientId, at)).toBe(true);
    expect(await store().endByRefreshToken(secretHash, authorization.clientId, plusSeconds(at, 5))).toBe(
      true,
    );
    expect((await store().findRefreshToken(secretHash))?.authorization.revokedAt).toBe(at);
  });
}

export function sessionStoreContract(store: () => SessionStore): void {
  const session = { patient: 'Patient/ann', signedInAt: at };
  const limits = (seconds: number, beganAfter = plusSeconds(at, -1)) => ({
    at: plusSeconds(at, seconds),
    idleUntil: plusSeconds(at, seconds + 10),
    beganAfter,
  });

  it('goes on while somebody comes in time', async () => {
    const hash = randomUUID();
    await store().begin(hash, session, plusSeconds(at, 10));
    expect(await store().resume(hash, limits(9))).toEqual(session);
    expect(await store().resume(hash, limits(18))).toEqual(session);
    expect(await store().resume(hash, limits(28))).toBeUndefined();
    expect(await store().resume(randomUUID(), limits(0))).toBeUndefined();
  });

  it('that began too long ago is over', async () => {
    const hash = randomUUID();
    await store().begin(hash, session, plusSeconds(at, 10));
    expect(await store().resume(hash, limits(1, at))).toBeUndefined();
  });

  it('that was ended is over', async () => {
    const hash = randomUUID();
    await store().begin(hash, session, plusSeconds(at, 10));
    await store().end(hash);
    expect(await store().resume(hash, limits(1))).toBeUndefined();
    await store().end(hash);
  });
}
