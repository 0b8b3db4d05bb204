/** Attacks on our own tokens, wherever one is presented or asked about (RFC 9068 §4, RFC 6750 §3.1, RFC 7662 §2.2, RFC 7009 §2.2). */
import { describe, expect, it } from 'vitest';
import {
  aClient,
  accessToken,
  aResourceServer,
  assertionOf,
  credentials,
  patOf,
  type Reply,
} from '../../../support/authority.ts';
import { forgeries } from '../../../support/jwt-attacks/forgeries.ts';
import {
  byAnybody,
  type Misstatement,
  toAnybody,
  withType,
} from '../../../support/jwt-attacks/misstatements.ts';
import {
  counted,
  expectExactly,
  fitsHeader,
  isMovedByNone,
  isTooLarge,
  ourStatement,
  type Place,
  tokensHeld,
} from '../../../support/jwt-attacks/place.ts';
import { umaStoryThroughout } from '../../../support/throughout.ts';
import { anRpt, introspect, pushed } from '../../../support/uma-story.ts';

const story = umaStoryThroughout();

const asBearer =
  (send: (authorization: string) => Promise<Reply>, status: number) => async (): Promise<Place> => {
    const { authority, pat } = story;
    const statement = await ourStatement(authority, pat);
    return {
      statement: async () => statement,
      present: async (token) => (fitsHeader(token) ? await send(`Bearer ${token}`) : undefined),
      expectRefused: expectNoBearer,
      expectAccepted: (reply) => expect(reply.status).toBe(status),
      written: () => counted(authority, ['uma_resource', 'ticket', 'token', 'approval', 'audit_event']),
    };
  };

function expectNoBearer(reply: Reply, token: string): void {
  const isTokenAtAll = /^[\w.~+/-]+=*$/.test(token);
  const [error, description] = isTokenAtAll
    ? (['invalid_token', 'the access token is not valid here'] as const)
    : (['invalid_request', 'an access token is required'] as const);
  expectExactly(reply, 401, error, description);
  const challenge = reply.headers.get('www-authenticate') ?? '';
  expect(challenge).toMatch(isTokenAtAll ? /^Bearer .*error="invalid_token"/ : /^Bearer(?!.*error=)/);
}

const misstatements: readonly Misstatement[] = [
  ...byAnybody,
  ...['JWT', 'jwt', 'id+jwt', 'client-authentication+jwt', 'logout+jwt', '', null, undefined, ['at+jwt']].map(
    withType,
  ),
];

const doors = {
  'resource registration': [
    (authorization: string) => story.authority.send('/uma/resources', { headers: { authorization } }),
    200,
  ],
  'the permission endpoint': [
    (authorization: string) =>
      story.authority.send('/uma/permission', {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ resource_id: story.resource, resource_scopes: ['read'] }),
      }),
    201,
  ],
  introspection: [
    (authorization: string) =>
      story.authority.postForm('/oauth/introspect', { token: 'x' }, { authorization }),
    200,
  ],
} as const;

for (const [name, [send, status]] of Object.entries(doors)) {
  isMovedByNone(`forged: the bearer token at ${name}`, asBearer(send, status), forgeries);
  isMovedByNone(`misstated: the bearer token at ${name}`, asBearer(send, status), [
    ...misstatements,
    ...toAnybody,
  ]);
}

/** An RPT as the parameter of a caller that may ask about it. */
async function asSubject(
  ask: (token: string) => Promise<Reply>,
  isDone: (reply: Reply) => void,
): Promise<Place> {
  const { authority } = story;
  const statement = await ourStatement(authority, await anRpt(story));
  return {
    statement: async () => statement,
    present: ask,
    expectRefused(reply, token) {
      if (isTooLarge({ token }))
        expect([reply.status, reply.body['error']]).toEqual([413, 'invalid_request']);
      else isDone(reply);
    },
    expectAccepted: ({ status }) => expect(status).toBe(200),
    written: async () => [
      await tokensHeld(authority),
      await counted(authority, ['ticket', 'approval', 'audit_event']),
    ],
  };
}

const atIntrospection = () =>
  asSubject(
    (token) => introspect(story, token),
    ({ status, body }) => expect({ status, body }).toEqual({ status: 200, body: { active: false } }),
  );

const atRevocation = () =>
  asSubject(
    async (token) =>
      await story.authority.postForm('/oauth/revoke', {
        ...(await credentials(story.authority, story.client)),
        token,
      }),
    ({ status, body }) => expect({ status, body }).toEqual({ status: 200, body: undefined }),
  );

for (const [name, placed] of [
  ['introspected', atIntrospection],
  ['revoked', atRevocation],
] as const) {
  isMovedByNone(`forged: the token that is ${name}`, placed, forgeries);
  isMovedByNone(`misstated: the token that is ${name}`, placed, misstatements);
}

describe('a token of one kind is none of another', () => {
  const asPat = (token: string): Promise<Reply> => story.authority.get('/uma/resources', token);

  it('an RPT opens no API of ours', async () => {
    const rpt = await anRpt(story);
    expectNoBearer(await asPat(rpt), rpt);
  });

  it('nor does the claim token behind it', async () => {
    const { claim_token: token = '' } = await pushed(story);
    expectNoBearer(await asPat(token), token);
  });

  it('nor does a client assertion', async () => {
    const token = await assertionOf(story.authority, story.resourceServer, {}, { typ: 'at+jwt' });
    expectNoBearer(await asPat(token), token);
  });

  it('and an access token without the scope is told so, without a word about the token', async () => {
    const client = await aClient(story.authority, { scopes: ['decision'] });
    const { status, body } = await asPat(await accessToken(story.authority, client, 'decision'));
    expect([status, body['error']]).toEqual([403, 'insufficient_scope']);
  });

  it.each(['claim token', 'client assertion', 'access token'])('a %s is inactive', async (kind) => {
    const tokens: Readonly<Record<string, () => Promise<string>>> = {
      'claim token': async () => (await pushed(story))['claim_token'] ?? '',
      'client assertion': () => assertionOf(story.authority, story.client),
      'access token': async () => patOf(story.authority, await aResourceServer(story.authority)),
    };
    expect((await introspect(story, (await tokens[kind]?.()) ?? '')).body).toEqual({ active: false });
  });
});
