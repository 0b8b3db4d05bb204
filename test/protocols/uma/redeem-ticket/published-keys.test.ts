/** The uma-ticket grant: claim tokens of an issuer whose keys are fetched where it publishes them. */
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { err, ok } from '../../../../src/base/result.ts';
import { aDecision } from '../../../support/authority.ts';
import { anIdentityProvider, claimTokenOf, type IdentityProvider } from '../../../support/claim-tokens.ts';
import { aKeyPair, type KeyPair } from '../../../support/keys.ts';
import { needInfo } from '../../../support/oauth-refusals.ts';
import { umaStoryThroughout } from '../../../support/throughout.ts';
import { answer, redeemOne } from '../../../support/uma-story.ts';

const jwksUri = 'https://idp.example/jwks';
const story = umaStoryThroughout();
let idp: IdentityProvider;
let asked: string[];

beforeAll(async () => {
  idp = await anIdentityProvider(story.authority, { jwks: [], jwksUri });
});
beforeEach(() => {
  asked = [];
  story.authority.world.consent = () => aDecision();
  story.authority.wait(601);
  publish(idp.keys);
});

function publish(...keys: readonly KeyPair[]): void {
  story.authority.world.published = async (url) => {
    asked.push(url);
    return ok({ json: { keys: keys.map(({ publicJwk }) => publicJwk as never) }, maxAgeSeconds: undefined });
  };
}

const pushing = async (signer: IdentityProvider) =>
  redeemOne(story, { claim_token: await claimTokenOf(story.authority, signer) });

it('are believed when one of those keys signed them, and the keys are fetched once', async () => {
  expect((await pushing(idp)).status).toBe(200);
  expect((await pushing(idp)).status).toBe(200);
  expect(asked).toEqual([jwksUri]);
});

it('are believed after a rotation that we had not heard of', async () => {
  expect((await pushing(idp)).status).toBe(200);
  const rotated = { ...idp, keys: await aKeyPair() };
  publish(rotated.keys);
  story.authority.wait(60);
  expect((await pushing(rotated)).status).toBe(200);
  expect((await pushing(idp)).status).toBe(403);
});

it('are not believed when another key signed them, or when the keys cannot be had', async () => {
  expect(answer(await pushing({ ...idp, keys: await aKeyPair() }))).toEqual(needInfo);
  story.authority.world.published = async () => err('refused-address');
  story.authority.wait(601);
  expect(answer(await pushing(idp))).toEqual(needInfo);
});
