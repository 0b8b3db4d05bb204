/** The uma-ticket grant: what a refusal says, and what is recorded. */
import { describe, expect, it } from 'vitest';
import { asInstant } from '../../../../src/base/instant.ts';
import { aClient, aDecision, aRefusal, type Reply } from '../../../support/authority.ts';
import { umaStoryThroughout } from '../../../support/throughout.ts';
import { aTicket, latestRecord, redeem, redeemOne } from '../../../support/uma-story.ts';

const story = umaStoryThroughout();

describe('a refusal', () => {
  it('looks the same whether consent is missing or refuses (U-h, U12)', async () => {
    story.authority.world.consent = () => aRefusal;
    const refused = await redeemOne(story);
    story.authority.world.consent = () => aDecision({ ...aRefusal, reason: 'no-consent', basis: [] });
    const missing = await redeemOne(story);
    expect(missing.body).toEqual(refused.body);
    expect(refused.body).toEqual({ error: 'request_denied', error_description: 'the request is denied' });
    const headers = (reply: Reply) => [...reply.headers].filter(([name]) => name !== 'x-request-id');
    expect(headers(missing)).toEqual(headers(refused));
  });

  it('carries no ticket (UMA Grant §3.3.6)', async () => {
    story.authority.world.consent = () => aRefusal;
    expect((await redeemOne(story)).body).not.toHaveProperty('ticket');
  });

  it('leaves its record with the consent that decided', async () => {
    story.authority.world.consent = () =>
      aDecision({ ...aRefusal, basis: [{ consent: 'r4', version: 3, path: '/provision' }] });
    await redeemOne(story);
    const record = await latestRecord(story);
    expect(record).toMatchObject({
      outcome: 'deny',
      basis: [{ consent: 'r4', version: 3, path: '/provision' }],
    });
    expect(record?.circumstances).not.toHaveProperty('tokenId');
  });
});

describe("the redeeming client's registration", () => {
  const outcomes = async (client: string) =>
    (await story.authority.audit.find({ client: [client] }, { count: 10 })).entries.map(
      ({ patient, outcome, basis }) => ({ patient, outcome, basis }),
    );

  it.each([
    ['patients', { patients: ['Patient/bob'] }],
    ['organizations', { organizations: ['Organization/b'] }],
  ])(
    'limits it to %s: others are refused as without consent, and on record (interfaces.md, Scopes; T6)',
    async (_, limits) => {
      const { world } = story.authority;
      world.patients.set('Patient/ann', { reference: 'Patient/ann', organization: 'Organization/a' });
      const limited = await aClient(story.authority, limits);
      const refused = await redeemOne(story, {}, limited);
      world.consent = () => aDecision({ ...aRefusal, reason: 'no-consent', basis: [] });
      const missing = await redeemOne(story);
      expect({ status: refused.status, body: refused.body }).toEqual({
        status: missing.status,
        body: missing.body,
      });
      expect(await outcomes(limited.id)).toEqual([{ patient: 'Patient/ann', outcome: 'deny', basis: [] }]);
    },
  );

  it('lets through the patient and the organization it names', async () => {
    story.authority.world.patients.set('Patient/ann', {
      reference: 'Patient/ann',
      organization: 'Organization/a',
    });
    for (const limits of [{ patients: ['Patient/ann'] }, { organizations: ['Organization/a'] }]) {
      const limited = await aClient(story.authority, limits);
      expect((await redeemOne(story, {}, limited)).status).toBe(200);
    }
  });
});

describe('a refusal that no consent was asked about', () => {
  it.each([
    ['scopes of a vocabulary we do not speak', ['view']],
    ['no scope at all', []],
  ])('is on record all the same: %s (U-j)', async (_, scopes) => {
    const client = await aClient(story.authority);
    await redeem(story, await aTicket(story, scopes), {}, client);
    const { entries } = await story.authority.audit.find({ client: [client.id] }, { count: 9 });
    expect(entries).toMatchObject([
      {
        outcome: 'deny',
        reason: 'outside-permitted-data',
        patient: 'Patient/ann',
        purposes: ['TREAT'],
        basis: [],
        circumstances: { door: 'uma', transaction: expect.any(String) },
      },
    ]);
  });

  it('and a permit that ends within the second is recorded as the refusal it was (D-3, U-j)', async () => {
    const client = await aClient(story.authority);
    story.authority.world.consent = () =>
      aDecision({ holdsUntil: asInstant(story.authority.world.at + 100) });
    await redeemOne(story, {}, client);
    const { entries } = await story.authority.audit.find({ client: [client.id] }, { count: 9 });
    expect(entries.map(({ outcome }) => outcome)).toEqual(['deny']);
  });
});
