/** The uma-ticket grant: a ticket works once (uma2.md U6 … U8). */
import { describe, expect, it } from 'vitest';
import { plusSeconds } from '../../../../src/base/instant.ts';
import { aDecision, aRefusal, aResourceServer, patOf } from '../../../support/authority.ts';
import { aKeyPair } from '../../../support/keys.ts';
import { invalidGrant, requestDenied } from '../../../support/oauth-refusals.ts';
import { umaStoryThroughout } from '../../../support/throughout.ts';
import { answer, aResource, aTicket, redeem, redeemBare, ticketIn } from '../../../support/uma-story.ts';

const story = umaStoryThroughout();

describe('a ticket works once', () => {
  it('and its second use is refused (U6)', async () => {
    const ticket = await aTicket(story);
    expect((await redeem(story, ticket)).status).toBe(200);
    expect(answer(await redeem(story, ticket))).toEqual(invalidGrant);
  });

  it('of 50 presented at once one succeeds (U7)', async () => {
    const ticket = await aTicket(story);
    const replies = await Promise.all(Array.from({ length: 50 }, () => redeem(story, ticket)));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(replies.filter((reply) => answer(reply).error === 'invalid_grant')).toHaveLength(49);
  });

  it('and is spent by a refusal too', async () => {
    const ticket = await aTicket(story);
    story.authority.world.consent = () => aRefusal;
    await redeem(story, ticket);
    story.authority.world.consent = () => aDecision();
    expect(answer(await redeem(story, ticket))).toEqual(invalidGrant);
  });

  it('and not after 300 s', async () => {
    const ticket = await aTicket(story);
    story.authority.wait(300);
    expect(answer(await redeem(story, ticket))).toEqual(invalidGrant);
  });

  it.each(['', 'x', 'a\u0000b', 'A'.repeat(43)])('and %j is none', async (ticket) => {
    expect((await redeem(story, ticket)).status).toBe(400);
  });

  it('and is not touched by a client that is not believed (uma2.md §14)', async () => {
    const ticket = await aTicket(story);
    const stranger = { ...story.client, keys: await aKeyPair() };
    expect((await redeem(story, ticket, {}, stranger)).status).toBe(401);
    expect((await redeem(story, ticket)).status).toBe(200);
  });

  it('and is stored as a hash only', async () => {
    const ticket = await aTicket(story);
    const rows = await story.authority.db.execute('select row_to_json(ticket)::text as row from ticket');
    expect(rows.some(({ row }) => String(row).includes(ticket))).toBe(false);
  });

  it('and outlives neither its resource nor the scopes registered there (uma2.md §4)', async () => {
    const resource = await aResource(story);
    const [gone, narrowed] = [
      await aTicket({ ...story, resource }),
      await aTicket({ ...story, resource }, ['read']),
    ];
    const description = { resource_scopes: ['patient/Observation.rs'] };
    await story.authority.sendJson('PUT', `/uma/resources/${resource}`, description, story.pat);
    expect(answer(await redeem(story, narrowed))).toEqual(requestDenied);
    await story.authority.sendJson('DELETE', `/uma/resources/${resource}`, undefined, story.pat);
    expect(answer(await redeem(story, gone))).toEqual(invalidGrant);
  });
});

describe('a ticket from a resource server', () => {
  it('that was disabled since is worth nothing', async () => {
    const server = await aResourceServer(story.authority);
    const pat = await patOf(story.authority, server);
    const elsewhere = { ...story, pat, resource: await aResource({ ...story, pat }) };
    const ticket = await aTicket(elsewhere);
    await story.authority.deps.clients.disable(server.id, plusSeconds(story.authority.world.at, 0));
    expect(answer(await redeem(elsewhere, ticket))).toEqual(invalidGrant);
  });
});

// Last in the file, since the PAT of the story does not live through it.
it('a process ends an hour after it began, however often its ticket is renewed (uma2.md §14)', async () => {
  let ticket = await aTicket(story);
  for (let minute = 4; minute < 60; minute += 4) {
    story.authority.wait(240);
    ticket = ticketIn(await redeemBare(story, ticket));
  }
  story.authority.wait(239);
  const last = ticketIn(await redeemBare(story, ticket));
  story.authority.wait(1);
  expect(answer(await redeem(story, last))).toEqual(invalidGrant);
});
