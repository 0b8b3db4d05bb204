/** One attack of each kind beside every grant: none of them uses up what came along, nor takes its place (RFC 6749 §2.3, §10.5). */
import { beforeAll, expect } from 'vitest';
import { aClient, askForToken, type Form, type TestClient } from '../../../support/authority.ts';
import { assertionPlace } from '../../../support/jwt-attacks/client-assertion-place.ts';
import {
  forgeriesOneOfEach,
  misstatementsOfOthers,
  misstatementsOneOfEach,
} from '../../../support/jwt-attacks/one-of-each.ts';
import {
  isMovedByNone,
  isTooLarge,
  ourStatement,
  type Place,
  revokedTokens,
} from '../../../support/jwt-attacks/place.ts';
import { aCode, back, tokensIn, verifier } from '../../../support/oauth-story.ts';
import { umaStoryThroughout } from '../../../support/throughout.ts';
import { anRpt, aTicket, pushed, redeem, umaGrantType } from '../../../support/uma-story.ts';

const story = umaStoryThroughout();
let app: TestClient;
let resourceServer: TestClient;

beforeAll(async () => {
  ({ resourceServer } = story);
  app = await aClient(story.authority, {
    scopes: ['patient/Consent.r', 'offline_access'],
    redirectUris: [back],
  });
});

const aCodeRequest = async (): Promise<Form> => ({
  grant_type: 'authorization_code',
  code: await aCode(story.authority, app, { scopes: app.scopes }),
  redirect_uri: back,
  code_verifier: verifier,
});

/** What comes along is made once, so that it is left for the last request alone: the genuine one. */
const proving: readonly (readonly [
  name: string,
  who: () => TestClient,
  path: string,
  rest: () => Promise<Form>,
])[] = [
  ['beside a code', () => app, '/oauth/token', aCodeRequest],
  [
    'beside a refresh token',
    () => app,
    '/oauth/token',
    async () => {
      const tokens = tokensIn(await askForToken(story.authority, app, await aCodeRequest()));
      return { grant_type: 'refresh_token', refresh_token: tokens.refresh };
    },
  ],
  [
    'beside a ticket',
    () => story.client,
    '/oauth/token',
    async () => ({ grant_type: umaGrantType, ticket: await aTicket(story), ...(await pushed(story)) }),
  ],
  [
    'at introspection',
    () => resourceServer,
    '/oauth/introspect',
    async () => ({ token: await anRpt(story) }),
  ],
];

for (const [name, who, path, rest] of proving) {
  const placed = async (): Promise<Place> =>
    assertionPlace({ authority: story.authority, client: who() }, path, await rest());
  isMovedByNone(`forged: a client assertion ${name}`, placed, forgeriesOneOfEach);
  isMovedByNone(`misstated: a client assertion ${name}`, placed, misstatementsOfOthers);
}

/** UMA Grant §3.3.1: what is no RPT of ours is as none at all, and the ticket has its own answer. */
const atUpgrade = async (): Promise<Place> => {
  const statement = await ourStatement(story.authority, await anRpt(story, ['patient/Observation.rs']));
  return {
    statement: async () => statement,
    present: async (rpt) => await redeem(story, await aTicket(story, ['patient/Condition.rs']), { rpt }),
    expectRefused({ status, body }, rpt) {
      if (isTooLarge({ rpt })) expect([status, body['error']]).toEqual([413, 'invalid_request']);
      else expect([status, body['upgraded']]).toEqual([200, undefined]);
    },
    expectAccepted: ({ status, body }) => expect([status, body['upgraded']]).toEqual([200, true]),
    written: () => revokedTokens(story.authority),
  };
};
// One that has expired is one still, and whom it is for is what its row says.
const notOfRows = ['an expiry of a minute ago', 'another audience', 'another audience and its own'];
isMovedByNone('forged: an RPT to be upgraded', atUpgrade, forgeriesOneOfEach);
isMovedByNone(
  'misstated: an RPT to be upgraded',
  atUpgrade,
  misstatementsOneOfEach.filter(([name]) => !notOfRows.includes(name)),
);
