/** The PCT (UMA Grant §3.3.5, §3.7, §5.2; uma2.md U14, U20, U24): claims persisted for one client. */
import { describe, expect, it } from 'vitest';
import { aClient, aDecision, askForToken, credentials, seconds } from '../../../support/authority.ts';
import { needInfo, requestDenied } from '../../../support/oauth-refusals.ts';
import { umaStoryThroughout } from '../../../support/throughout.ts';
import {
  answer,
  askedOfConsents,
  aTicket,
  introspect,
  pushed,
  redeemBare,
  redeemOne,
  rptIn,
} from '../../../support/uma-story.ts';

const story = umaStoryThroughout();

/** From claims that live for so long. */
async function aPct(seconds_ = 120): Promise<string> {
  const exp = seconds(story.authority.world.at) + seconds_;
  const { body } = await redeemOne(story, await pushed(story, { exp }));
  return body['pct'] as string;
}
const redeemWith = async (pct: string, client = story.client) =>
  await redeemBare(story, await aTicket(story), { pct }, client);
const revoke = async (token: string, client = story.client) => {
  const form = { ...(await credentials(story.authority, client)), token, token_type_hint: 'pct' };
  return (await story.authority.postForm('/oauth/revoke', form)).status;
};

describe('a PCT', () => {
  it('comes with the RPT, says nothing and is stored as a hash only (U14)', async () => {
    const pct = await aPct();
    expect(pct).toMatch(/^[\w-]{43}$/);
    const rows = await story.authority.db.execute('select row_to_json(pct)::text as row from pct');
    expect(rows.some(({ row }) => String(row).includes(pct))).toBe(false);
  });

  it('stands in for claims, whose party is decided about again', async () => {
    const pct = await aPct();
    const asked = askedOfConsents(story);
    const { status, body } = await redeemWith(pct);
    expect(status).toBe(200);
    expect(asked.map(({ requester, purposes }) => [requester.identifiers?.[0], purposes])).toEqual([
      [{ system: story.idp.issuer, value: 'dr-t' }, ['TREAT']],
    ]);
    // It goes on holding, so that no other is given.
    expect(body).not.toHaveProperty('pct');
  });

  it('permits nothing by itself (U12)', async () => {
    const pct = await aPct();
    story.authority.world.consent = () => aDecision({ outcome: 'deny', filter: { op: 'none' } });
    expect(answer(await redeemWith(pct))).toEqual(requestDenied);
  });

  it('of another client is ignored (U14)', async () => {
    const pct = await aPct();
    expect(answer(await redeemWith(pct, await aClient(story.authority)))).toEqual(needInfo);
    expect((await redeemWith(pct)).status).toBe(200);
  });

  it.each(['', 'x', 'a\u0000b', 'A'.repeat(43)])('that is %j is ignored', async (pct) => {
    expect(answer(await redeemWith(pct))).toEqual(needInfo);
  });

  it('gives way to claims that are pushed', async () => {
    const pct = await aPct();
    const asked = askedOfConsents(story);
    const form = { ...(await pushed(story, { sub: 'dr-u' })), pct };
    expect((await redeemOne(story, form)).status).toBe(200);
    expect(asked.map(({ requester }) => requester.identifiers?.[0]?.value)).toEqual(['dr-u']);
  });

  it('ends when its claims do (U24), and after 8 hours', async () => {
    const [short, long] = [await aPct(60), await aPct(86_400)];
    story.authority.wait(60);
    story.pat = await patAgain();
    const again = async (pct: string) => redeemBare(story, await aTicket(story), { pct });
    expect(answer(await again(short))).toEqual(needInfo);
    expect((await again(long)).status).toBe(200);
    story.authority.wait(8 * 3600 - 60);
    story.pat = await patAgain();
    expect(answer(await again(long))).toEqual(needInfo);
  });

  it('is not given for claims that speak for another client (D8)', async () => {
    const server = { ...story.resourceServer };
    const form = await pushed(story, { client_id: 'an app of theirs' });
    const { status, body } = await redeemOne(story, form, server);
    expect(status).toBe(200);
    expect(body).not.toHaveProperty('pct');
  });
});

async function patAgain(): Promise<string> {
  const { body } = await askForToken(story.authority, story.resourceServer, {
    grant_type: 'client_credentials',
    scope: 'uma_protection',
  });
  return body['access_token'] as string;
}

describe('revoked', () => {
  it('it is worth nothing, and what was issued on it is inactive (U14, U20)', async () => {
    const pct = await aPct();
    const [own, other] = [rptIn(await redeemWith(pct)), rptIn(await redeemWith(await aPct()))];
    expect(await revoke(pct)).toBe(200);
    expect(answer(await redeemWith(pct))).toEqual(needInfo);
    expect((await introspect(story, own)).body).toEqual({ active: false });
    expect((await introspect(story, other)).body['active']).toBe(true);
  });

  it('by another client it is not', async () => {
    const pct = await aPct();
    expect(await revoke(pct, await aClient(story.authority))).toBe(200);
    expect((await redeemWith(pct)).status).toBe(200);
  });
});
