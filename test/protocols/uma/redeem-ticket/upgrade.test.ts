/** An RPT brought along is upgraded (UMA Grant §3.3.1, §3.3.5.1; uma2.md U13). */
import { describe, expect, it } from 'vitest';
import { aClient, aDecision, aResourceServer, patOf } from '../../../support/authority.ts';
import { requestDenied } from '../../../support/oauth-refusals.ts';
import { theyAnswer } from '../../../support/patient-answers.ts';
import { umaStoryThroughout } from '../../../support/throughout.ts';
import {
  anRpt,
  aResource,
  aTicket,
  introspect,
  pushed,
  redeem,
  redeemBare,
  rptIn,
  ticketIn,
} from '../../../support/uma-story.ts';

const story = umaStoryThroughout();

const observations = ['patient/Observation.rs'];
const conditions = ['patient/Condition.rs'];
const scopesOf = async (rpt: string) => {
  const { body } = await introspect(story, rpt);
  const permissions = body['permissions'] as readonly { readonly resource_scopes: readonly string[] }[];
  return permissions?.flatMap((each) => each.resource_scopes).toSorted();
};
const upgrade = async (rpt: string, form = {}, client = story.client) =>
  await redeem(story, await aTicket(story, conditions), { rpt, ...form }, client);

describe('an RPT of the same client, resource server, owner and party', () => {
  it('is replaced by one that includes it, and is inactive from then on (U13)', async () => {
    const old = await anRpt(story, observations);
    const { status, body } = await upgrade(old);
    expect([status, body['upgraded']]).toEqual([200, true]);
    expect(body).not.toHaveProperty('scope');
    expect(await scopesOf(body['access_token'] as string)).toEqual(
      [...conditions, ...observations].toSorted(),
    );
    expect((await introspect(story, old)).body).toEqual({ active: false });
  });

  it('may have expired (UMA Grant §3.3.1)', async () => {
    const old = await anRpt(story, observations);
    story.authority.wait(301);
    const { body } = await upgrade(old);
    expect(body['upgraded']).toBe(true);
    expect(await scopesOf(body['access_token'] as string)).toHaveLength(2);
  });

  it('is asked about on the resources of its own', async () => {
    const another = { ...story, resource: await aResource(story) };
    const old = await anRpt(another, observations);
    const { body } = await upgrade(old);
    const permissions = (await introspect(story, body['access_token'] as string)).body['permissions'];
    expect(permissions).toMatchObject([{ resource_id: story.resource }, { resource_id: another.resource }]);
  });
});

describe('it is as though none had been brought', () => {
  const isIgnored = async (reply: Awaited<ReturnType<typeof upgrade>>, old?: string) => {
    expect(reply.status).toBe(200);
    expect(reply.body).not.toHaveProperty('upgraded');
    expect(await scopesOf(rptIn(reply))).toEqual(conditions);
    if (old !== undefined) expect((await introspect(story, old)).body['active']).toBe(true);
  };

  it('when not all it permitted is permitted any more; the old one stays what it is', async () => {
    const old = await anRpt(story, ['patient/Observation.rs', 'read']);
    story.authority.world.consent = ({ resourceTypes }) =>
      aDecision(resourceTypes === undefined ? { outcome: 'deny', filter: { op: 'none' } } : {});
    const reply = await upgrade(old);
    story.authority.world.consent = () => aDecision();
    await isIgnored(reply, old);
  });

  it('when a resource of it is gone', async () => {
    const another = { ...story, resource: await aResource(story) };
    const old = await anRpt(another, observations);
    await story.authority.sendJson('DELETE', `/uma/resources/${another.resource}`, undefined, story.pat);
    await isIgnored(await upgrade(old));
  });

  it('of another client', async () => {
    const old = await anRpt(story, observations);
    await isIgnored(await upgrade(old, {}, await aClient(story.authority)), old);
  });

  it('of another requesting party', async () => {
    const old = await anRpt(story, observations);
    await isIgnored(await upgrade(old, await pushed(story, { sub: 'dr-u' })), old);
  });

  it('of another resource server', async () => {
    const pat = await patOf(story.authority, await aResourceServer(story.authority));
    const elsewhere = { ...story, pat, resource: await aResource({ ...story, pat }) };
    const old = await anRpt(elsewhere, observations);
    await isIgnored(await upgrade(old));
    expect((await introspect(elsewhere, old)).body['active']).toBe(true);
  });

  it('of another owner', async () => {
    story.authority.world.patients.set('Patient/bob', { reference: 'Patient/bob' });
    const resource = await aResource(story, { resource_owner: 'Patient/bob' });
    const old = await anRpt({ ...story, resource }, observations);
    await isIgnored(await upgrade(old), old);
  });

  it('that was revoked, forged or is none at all', async () => {
    const revoked = await anRpt(story, observations);
    await upgrade(revoked);
    await isIgnored(await upgrade(revoked));
    const [header, payload] = (await anRpt(story, observations)).split('.');
    for (const rpt of ['x', 'a.b.c', '', `${header}.${payload}.AAAA`, story.pat])
      await isIgnored(await upgrade(rpt));
  });
});

it('what the ticket asks must be granted, whatever the old one permits', async () => {
  const old = await anRpt(story, observations);
  const only = { op: 'is', atom: { kind: 'type', anyOf: ['Observation'] } } as const;
  story.authority.world.consent = () => aDecision({ filter: only });
  const { status, body } = await upgrade(old);
  expect({ status, error: body['error'] }).toEqual(requestDenied);
  story.authority.world.consent = () => aDecision();
  expect((await introspect(story, old)).body['active']).toBe(true);
});

describe("after a patient's yes (HUAPRV, O-4)", () => {
  const awaiting = () => aDecision({ obligations: ['HUAPRV'] });

  /** The ticket that she said yes to, and an RPT of before that permits what she was not asked. */
  async function approved() {
    const client = await aClient(story.authority, { asynchronousApproval: true });
    const old = await anRpt({ ...story, client }, observations);
    story.authority.world.consent = awaiting;
    story.authority.wait(1);
    const waiting = await redeem(story, await aTicket(story, conditions), {}, client);
    await theyAnswer(story, 'approved');
    return { client, old, ticket: ticketIn(waiting) };
  }

  it('what she was not shown is not approved with it: the ticket alone is granted', async () => {
    const { client, old, ticket } = await approved();
    const reply = await redeemBare(story, ticket, { rpt: old }, client);
    expect(reply.status).toBe(200);
    expect(reply.body).not.toHaveProperty('upgraded');
    expect(await scopesOf(rptIn(reply))).toEqual(conditions);
    expect((await introspect(story, old)).body).toEqual({ active: false });
  });
});
