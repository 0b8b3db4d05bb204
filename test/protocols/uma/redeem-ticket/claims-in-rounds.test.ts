/** The uma-ticket grant: claims pushed over several rounds of one process (uma2.md §7, project profile). */
import { beforeEach, describe, expect, it } from 'vitest';
import type { AccessRequest } from '../../../../src/decision/request.ts';
import { aClient } from '../../../support/authority.ts';
import { anIdentityProvider, iua, treatment } from '../../../support/claim-tokens.ts';
import { invalidGrant, needInfo } from '../../../support/oauth-refusals.ts';
import { umaStoryThroughout } from '../../../support/throughout.ts';
import {
  answer,
  askedOfConsents,
  aTicket,
  pushed,
  redeem,
  redeemBare,
  redeemOne,
  ticketIn,
} from '../../../support/uma-story.ts';

const story = umaStoryThroughout();
let asked: readonly AccessRequest[] = [];
beforeEach(() => {
  asked = askedOfConsents(story);
});

const withoutPurpose = {
  extensions: { ihe_iua: { subject_name: 'Dr. T', subject_organization_id: 'urn:o|1' } },
};
const onlyPurpose = { extensions: { ihe_iua: { purpose_of_use: [treatment] } } };

/** The ticket that follows a round in which no purpose was stated. */
async function afterFirstRound(claims: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const form = await pushed(story, { ...withoutPurpose, ...claims });
  const first = await redeemOne(story, form);
  expect(answer(first)).toEqual(needInfo);
  return ticketIn(first);
}

it('what one round leaves open the next adds, and all of it is decided with', async () => {
  const second = await redeem(story, await afterFirstRound(), await pushed(story, onlyPurpose));
  expect(second.status).toBe(200);
  expect(asked).toMatchObject([{ purposes: ['TREAT'], requester: { organization: 'urn:o|1' } }]);
});

it('and what was accepted survives a round that brings nothing, or nothing of use', async () => {
  const third = ticketIn(await redeemBare(story, await afterFirstRound()));
  const fourth = ticketIn(await redeem(story, third, { claim_token: 'x.y.z' }));
  expect((await redeem(story, fourth, await pushed(story, onlyPurpose))).status).toBe(200);
  expect(asked).toMatchObject([{ requester: { organization: 'urn:o|1' } }]);
});

it('said again, a claim takes the place of what was said before', async () => {
  const elsewhere = iua({ subject_organization_id: 'urn:o|2' });
  await redeem(story, await afterFirstRound(), await pushed(story, { extensions: { ihe_iua: elsewhere } }));
  expect(asked).toMatchObject([{ requester: { organization: 'urn:o|2' } }]);
});

describe('claims never add up across parties', () => {
  it('of another subject', async () => {
    const second = await redeem(
      story,
      await afterFirstRound(),
      await pushed(story, { ...onlyPurpose, sub: 'somebody-else' }),
    );
    expect(answer(second)).toEqual(needInfo);
    const third = await redeem(story, ticketIn(second), await pushed(story, onlyPurpose));
    expect(third.status).toBe(200);
    expect(asked).toMatchObject([{ requester: { organization: 'urn:o|1' } }]);
  });

  it('of another issuer, be the subject named alike', async () => {
    const other = { ...story, idp: await anIdentityProvider(story.authority) };
    const second = await redeem(story, await afterFirstRound(), await pushed(other, onlyPurpose));
    expect(answer(second)).toEqual(needInfo);
    expect(asked).toEqual([]);
  });

  it('also when the earlier claims have ended (UMA Grant §5.1, user switching)', async () => {
    const now = Math.floor(story.authority.world.at / 1000);
    const ticket = await afterFirstRound({ exp: now + 10 });
    story.authority.wait(20);
    const other = await redeem(story, ticket, await pushed(story, { sub: 'somebody-else' }));
    expect(answer(other)).toEqual(needInfo);
    expect((await redeem(story, ticketIn(other), await pushed(story))).status).toBe(200);
    expect(asked.map(({ requester }) => requester.organization)).not.toContain('urn:o|1');
  });
});

it('claims that have ended are not added to (U24)', async () => {
  const now = Math.floor(story.authority.world.at / 1000);
  const ticket = await afterFirstRound({ exp: now + 10 });
  story.authority.wait(20);
  expect((await redeem(story, ticket, await pushed(story, onlyPurpose))).status).toBe(200);
  expect(asked[0]?.requester).not.toHaveProperty('organization');
});

it('added to, they end with the first of them (U24)', async () => {
  const now = Math.floor(story.authority.world.at / 1000);
  const ticket = await afterFirstRound({ exp: now + 40 });
  const { body } = await redeem(story, ticket, await pushed(story, onlyPurpose));
  story.authority.wait(41);
  const again = await redeemBare(story, await aTicket(story), { pct: body['pct'] as string });
  expect(answer(again)).toEqual(needInfo);
});

it('the process stays with the client that began it, claims and all (uma2.md §14)', async () => {
  const ticket = await afterFirstRound();
  const stolen = await redeem(story, ticket, {}, await aClient(story.authority));
  expect(answer(stolen)).toEqual(invalidGrant);
  expect(answer(await redeem(story, ticket))).toEqual(invalidGrant);
});
