/** The uma-ticket grant: claims that are accepted, now or earlier (U17, U24). */
import { describe, expect, it } from 'vitest';
import { plusSeconds } from '../../../../src/base/instant.ts';
import type { RequestingParty } from '../../../../src/protocols/uma/party/requesting-party.ts';
import { issueTicket } from '../../../../src/protocols/uma/ticket/ticket.ts';
import { aClient, seconds } from '../../../support/authority.ts';
import { anIdentityProvider, claimTokenOf, iua, treatment } from '../../../support/claim-tokens.ts';
import { needInfo } from '../../../support/oauth-refusals.ts';
import { umaStoryThroughout } from '../../../support/throughout.ts';
import {
  answer,
  askedOfConsents,
  pushed,
  redeem,
  redeemBare,
  redeemOne,
  ticketIn,
} from '../../../support/uma-story.ts';

const story = umaStoryThroughout();

describe('a claim token is accepted', () => {
  it('for the client_id under which its issuer knows this client, and for no other client (U17)', async () => {
    const other = await aClient(story.authority);
    const idp = await anIdentityProvider(story.authority, { clientIds: { [story.client.id]: 'app-1' } });
    const claim_token = await claimTokenOf(story.authority, idp, { aud: 'app-1', azp: 'app-1' });
    expect((await redeemOne(story, { claim_token })).status).toBe(200);
    const foreign = await redeemOne(story, { claim_token }, other);
    expect(answer(foreign)).toEqual(needInfo);
  });

  it('but not when another party was authorized to use it', async () => {
    const idp = await anIdentityProvider(story.authority, { clientIds: { [story.client.id]: 'app-1' } });
    const claim_token = await claimTokenOf(story.authority, idp, { azp: 'app-2' });
    expect(answer(await redeemOne(story, { claim_token }))).toMatchObject({
      error: 'need_info',
    });
  });

  it('nor, where the issuer has no name for this client, for any `azp` but our own id (OpenID Connect Core §3.1.3.7)', async () => {
    const foreign = await claimTokenOf(story.authority, story.idp, { azp: 'app-2' });
    const reply = await redeemOne(story, { claim_token: foreign });
    expect(answer(reply)).toEqual(needInfo);
    const own = await claimTokenOf(story.authority, story.idp, { azp: story.client.id });
    expect((await redeemOne(story, { claim_token: own })).status).toBe(200);
  });

  it('of an issuer whose clock is up to 30 s fast', async () => {
    const now = seconds(story.authority.world.at);
    const form = await pushed(story, { iat: now + 29, nbf: now + 29, exp: now + 90 });
    expect((await redeemOne(story, form)).status).toBe(200);
  });

  it('up to its end and no longer, since nothing could rest on it then (U24)', async () => {
    const now = seconds(story.authority.world.at);
    const until = async (exp: number) => await redeemOne(story, await pushed(story, { iat: now - 100, exp }));
    expect((await until(now + 1)).body['expires_in']).toBe(1);
    for (const exp of [now, now - 1, now - 29, now + 0.9]) expect(answer(await until(exp))).toEqual(needInfo);
  });
});

describe('claims accepted earlier in the process', () => {
  /** The successor of a ticket whose claims were accepted, as a pending approval will issue it. */
  async function successorWith(expiresInSeconds: number): Promise<string> {
    const { world, deps } = story.authority;
    const party: RequestingParty = {
      issuer: story.idp.issuer,
      subject: 'dr-t',
      requester: { type: 'practitioner', clientId: story.client.id },
      purposes: ['TREAT'],
      asserted: { purpose_of_use: [treatment] },
      expiresAt: plusSeconds(world.at, expiresInSeconds),
    };
    const ticket = {
      process: 'p-1',
      resourceServer: story.resourceServer.id,
      patient: 'Patient/ann',
      permissions: [{ resourceId: story.resource, scopes: ['read'] }],
      clientId: story.client.id,
      party,
    };
    return await issueTicket(deps, ticket, world.at);
  }

  it('need not be pushed again', async () => {
    const ticket = await successorWith(60);
    expect((await redeemBare(story, ticket)).status).toBe(200);
  });

  it('give way to those pushed now', async () => {
    const asked = askedOfConsents(story);
    const research = iua({ purpose_of_use: [{ ...treatment, code: 'HRESCH' }] });
    const form = await pushed(story, { extensions: { ihe_iua: research } });
    await redeem(story, await successorWith(60), form);
    expect(asked.map(({ purposes }) => purposes)).toEqual([['HRESCH']]);
  });

  it.each([59.9, 60, 61])('do not outlive the token that carried them (U24): after %d s', async (passed) => {
    const ticket = await successorWith(60);
    story.authority.wait(passed);
    const asked = await redeemBare(story, ticket);
    expect(answer(asked)).toEqual(needInfo);
    // Nor do they stand in the way of others.
    expect((await redeem(story, ticketIn(asked))).status).toBe(200);
  });
});
