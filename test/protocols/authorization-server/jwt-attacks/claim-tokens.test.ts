/** Attacks on the claim token of the UMA grant (UMA Grant §3.3.1, §5.7; uma2.md U17; OpenID Connect Core §3.1.3.7). */
import { describe, it } from 'vitest';
import { aClient, accessToken, assertionOf } from '../../../support/authority.ts';
import { anIdentityProvider, claimTokenOf } from '../../../support/claim-tokens.ts';
import {
  claimMisstatements,
  claimPlace,
  expectNeedInfo,
  presentClaims,
} from '../../../support/jwt-attacks/claim-token-place.ts';
import { forgeries } from '../../../support/jwt-attacks/forgeries.ts';
import { isMovedByNone } from '../../../support/jwt-attacks/place.ts';
import { umaStoryThroughout } from '../../../support/throughout.ts';
import { anRpt } from '../../../support/uma-story.ts';

const story = umaStoryThroughout();

isMovedByNone('forged: a claim token', async () => claimPlace(story), forgeries);
isMovedByNone('misstated: a claim token', async () => claimPlace(story), claimMisstatements);

describe('what was said for something else is no claim token', () => {
  it('an RPT', async () => {
    expectNeedInfo(await presentClaims(story, await anRpt(story)));
  });

  it('an access token', async () => {
    const client = await aClient(story.authority, { scopes: ['decision'] });
    expectNeedInfo(await presentClaims(story, await accessToken(story.authority, client, 'decision')));
  });

  it('a client assertion, of a client that is called like an issuer', async () => {
    const claims = { iss: story.idp.issuer, sub: story.idp.issuer };
    expectNeedInfo(await presentClaims(story, await assertionOf(story.authority, story.client, claims)));
  });

  it('a claim token of another issuer under the name of the one we trust', async () => {
    const other = await anIdentityProvider(story.authority);
    const forged = { ...other, issuer: story.idp.issuer };
    expectNeedInfo(await presentClaims(story, await claimTokenOf(story.authority, forged)));
  });
});
