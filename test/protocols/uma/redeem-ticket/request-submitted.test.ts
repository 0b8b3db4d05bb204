/** The uma-ticket grant: what no consent permits is put to the patient, and the client polls (uma2.md §10; O-4). */
import { eq } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Decision } from '../../../../src/decision/decision.ts';
import { answerPoll } from '../../../../src/protocols/uma/grant/answer-poll.ts';
import { liveAt } from '../../../../src/protocols/uma/submitted/submitted-request.ts';
import type { Presented } from '../../../../src/protocols/uma/ticket/ticket-store.ts';
import { ticket as ticketTable } from '../../../../src/storage/tables/uma.ts';
import {
  aClient,
  aDecision,
  aRefusal,
  credentials,
  patOf,
  type Reply,
  seconds,
  type TestClient,
} from '../../../support/authority.ts';
import { iua, treatment } from '../../../support/claim-tokens.ts';
import { invalidGrant, needInfo, requestDenied, requestSubmitted } from '../../../support/oauth-refusals.ts';
import {
  latestRequest,
  requestsOf,
  theyAnswer as thePatientAnswers,
} from '../../../support/patient-answers.ts';
import { umaStoryThroughout } from '../../../support/throughout.ts';
import {
  answer,
  aResource,
  aTicket,
  introspect,
  pushed,
  redeem,
  redeemBare,
  redeemOne,
  rptIn,
  ticketIn,
} from '../../../support/uma-story.ts';

const story = umaStoryThroughout();
let questions = 0;

beforeAll(async () => {
  story.client = await aClient(story.authority, { asynchronousApproval: true });
});

const theConsentsSay = (decision: Partial<Decision>): void => {
  questions = 0;
  story.authority.world.consent = () => {
    questions++;
    return aDecision(decision);
  };
};
const noConsent = { outcome: 'deny', reason: 'no-consent', filter: { op: 'none' } } as const;
beforeEach(() => theConsentsSay(noConsent));

const lookOf = ({ status, headers, body }: Reply) => ({
  status,
  headers: [...headers].filter(([name]) => !/date|x-request-id/.test(name)),
  body: { ...body, ticket: body['ticket'] === undefined ? undefined : 'a ticket' },
});
const intervalIn = ({ body }: Reply): number => body['interval'] as number;
const rows = async () => await requestsOf(story);
const latest = async () => await latestRequest(story);
const submit = async (claims = {}): Promise<Reply> => {
  // So that the latest is the latest by time.
  story.authority.wait(1);
  return await redeemOne(story, await pushed(story, claims));
};

describe('where the patient may be asked', () => {
  it('the request waits under a new ticket, with an interval (U8)', async () => {
    const ticket = await aTicket(story);
    const reply = await redeem(story, ticket);
    expect(answer(reply)).toEqual(requestSubmitted);
    expect(reply.body).toMatchObject({ interval: 30, ticket: expect.stringMatching(/^[\w-]{43}$/) });
    expect(ticketIn(reply)).not.toBe(ticket);
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(answer(await redeem(story, ticket))).toEqual(invalidGrant);
    expect(answer(await redeemBare(story, ticketIn(reply)))).toEqual(requestSubmitted);
  });

  it('who asks, for what and why is kept for the patient, and the refusal is on record', async () => {
    await submit();
    expect(await latest()).toMatchObject({
      patient: 'Patient/ann',
      clientId: story.client.id,
      permissions: [{ resourceId: story.resource, scopes: ['patient/Observation.rs'] }],
      party: { issuer: story.idp.issuer, subject: 'dr-t', purposes: ['TREAT'] },
    });
    const { entries } = await story.authority.audit.find({ client: [story.client.id] }, { count: 1 });
    expect(entries).toMatchObject([{ outcome: 'deny', reason: 'no-consent' }]);
  });

  it('also where a permit awaits the approval of a person (HUAPRV, O-4)', async () => {
    theConsentsSay({ obligations: ['HUAPRV'] });
    expect(answer(await submit())).toEqual(requestSubmitted);
  });

  it('but a permit of something is a token, not a question', async () => {
    theConsentsSay({ filter: { op: 'is', atom: { kind: 'type', anyOf: ['Observation'] } } });
    const both = ['patient/Observation.rs', 'patient/Condition.rs'];
    expect((await redeem(story, await aTicket(story, both))).status).toBe(200);
  });

  it.each([[[]], [['view']]])('and what no consent could answer is put to nobody: %j', async (scopes) => {
    const before = (await rows()).length;
    expect(answer(await redeem(story, await aTicket(story, scopes)))).toEqual(requestDenied);
    expect(await rows()).toHaveLength(before);
  });

  it('claims come first: without a purpose nobody is asked', async () => {
    const before = (await rows()).length;
    expect(answer(await submit({ extensions: { ihe_iua: {} } })).error).toBe('need_info');
    expect(await rows()).toHaveLength(before);
  });
});

describe('nothing tells why (interfaces.md, Tokens; U-h)', () => {
  /** Each as the client sees it: the first answer, and that to a poll. */
  async function seen(prepare: () => void, client: TestClient): Promise<readonly unknown[]> {
    const { patients } = story.authority.world;
    const ticket = await aTicket(story);
    const onFile = patients.get('Patient/ann');
    prepare();
    const first = await redeem(story, ticket, {}, client);
    const next = ticketIn(first);
    const poll = next === undefined ? undefined : await redeemBare(story, next, {}, client);
    if (onFile) patients.set('Patient/ann', onFile);
    return [lookOf(first), poll && lookOf(poll)];
  }
  const cases: readonly [string, () => void][] = [
    ['no consent', () => theConsentsSay(noConsent)],
    ['a refusal', () => theConsentsSay(aRefusal)],
    ['a permit that awaits approval', () => theConsentsSay({ obligations: ['HUAPRV'] })],
    ['a permit that ends at once', () => theConsentsSay({ holdsUntil: story.authority.world.at })],
    ['an unknown patient', () => story.authority.world.patients.delete('Patient/ann')],
  ];

  it.each(['on', 'off'])('with asynchronous approval %s', async (setting) => {
    const given = { asynchronousApproval: setting === 'on' };
    const client = await aClient(story.authority, given);
    const limited = await aClient(story.authority, { ...given, patients: ['Patient/bob'] });
    const looks: (readonly unknown[])[] = [];
    for (const [, prepare] of cases) looks.push(await seen(prepare, client));
    looks.push(await seen(() => theConsentsSay(noConsent), limited));
    looks.push(await seen(() => theConsentsSay({}), limited));
    for (const look of looks) expect(look).toEqual(looks[0]);
    expect(looks[0]?.[0]).toMatchObject({
      body: { error: setting === 'on' ? 'request_submitted' : 'request_denied' },
    });
  });

  it('and a patient is not bothered by a client that is not registered for them', async () => {
    const limited = await aClient(story.authority, { asynchronousApproval: true, patients: ['Patient/bob'] });
    story.authority.wait(1);
    expect(answer(await redeemOne(story, {}, limited))).toEqual(requestSubmitted);
    expect((await latest())?.patient).not.toBe('Patient/ann');
  });
});

describe('what waits is bounded', () => {
  const asking = async (client: TestClient, resource = story.resource, sub: string = crypto.randomUUID()) =>
    answer(await redeem(story, await aTicket({ ...story, resource }), await pushed(story, { sub }), client));
  const times = async (count: number, ask: () => Promise<object>) => {
    const answers: object[] = [];
    for (let at = 0; at < count; at++) answers.push(await ask());
    return answers;
  };
  const anAsker = async (given = {}) =>
    await aClient(story.authority, { asynchronousApproval: true, ...given });

  it('of one client and patient 20; the next is denied, and another client may still ask', async () => {
    const client = await anAsker();
    expect(await times(20, () => asking(client))).toEqual(Array(20).fill(requestSubmitted));
    expect(await asking(client)).toEqual(requestDenied);
    const { entries } = await story.authority.audit.find({ client: [client.id] }, { count: 1 });
    expect(entries).toMatchObject([{ outcome: 'deny', reason: 'no-consent' }]);
    expect(await asking(await anAsker())).toEqual(requestSubmitted);
  });

  it('of one account 5 of them, so that its noise shuts out nobody else', async () => {
    const client = await anAsker();
    const ofOne = async () => await asking(client, story.resource, 'one');
    expect(await times(6, ofOne)).toEqual([...Array(5).fill(requestSubmitted), requestDenied]);
    expect(await asking(client)).toEqual(requestSubmitted);
  });

  it('and whoever stops polling makes room, when the last ticket has ended', async () => {
    const client = await anAsker();
    await times(5, () => asking(client, story.resource, 'one'));
    story.authority.wait(3600);
    story.pat = await patOf(story.authority, story.resourceServer);
    expect(await asking(client, story.resource, 'one')).toEqual(requestSubmitted);
  });

  it('an answer makes room', async () => {
    const client = await anAsker();
    await times(20, () => asking(client));
    const own = (await rows()).find(({ clientId }) => clientId === client.id);
    await story.authority.deps.submittedRequests.answer(
      own?.id ?? '',
      'refused',
      liveAt(story.authority.world.at),
      [],
    );
    expect(await times(2, () => asking(client))).toEqual([requestSubmitted, requestDenied]);
  });

  it('and that tells nothing: of patients out of reach each has room of their own', async () => {
    const client = await anAsker({ patients: ['Patient/nobody-here'] });
    const { patients } = story.authority.world;
    patients.set('Patient/bob', { reference: 'Patient/bob' });
    const resource = await aResource(story, { resource_owner: 'Patient/bob' });
    expect(await times(21, () => asking(client))).toEqual([
      ...Array(20).fill(requestSubmitted),
      requestDenied,
    ]);
    expect(await asking(client, resource)).toEqual(requestSubmitted);
    patients.delete('Patient/bob');
  });

  it('however often a client polls, in tickets too', async () => {
    let reply = await submit();
    const { process } = (await latest()) ?? { process: '' };
    const kept = async () =>
      await story.authority.db.select().from(ticketTable).where(eq(ticketTable.process, process));
    const before = await kept();
    for (let poll = 0; poll < 5; poll++) {
      const last = ticketIn(reply);
      reply = await redeemBare(story, last);
      expect(answer(reply)).toEqual(requestSubmitted);
      expect(answer(await redeemBare(story, last))).toEqual({ status: 400, error: 'invalid_grant' });
    }
    expect(await kept()).toHaveLength(before.length);
  });
});

describe('a poll', () => {
  it('decides nothing, however often and early it comes', async () => {
    let reply = await submit();
    expect(questions).toBe(1);
    for (let poll = 0; poll < 4; poll++) reply = await redeem(story, ticketIn(reply));
    expect(questions).toBe(1);
  });

  it('in time finds the same interval; one too early doubles it, up to 15 minutes', async () => {
    let reply = await submit();
    story.authority.wait(30);
    reply = await redeemBare(story, ticketIn(reply));
    expect(intervalIn(reply)).toBe(30);
    const intervals: number[] = [];
    for (let poll = 0; poll < 6; poll++) {
      story.authority.wait(1);
      reply = await redeemBare(story, ticketIn(reply));
      intervals.push(intervalIn(reply));
    }
    expect(intervals).toEqual([60, 120, 240, 480, 900, 900]);
    story.authority.wait(900);
    expect(intervalIn(await redeemBare(story, ticketIn(reply)))).toBe(900);
  });

  it('of another client ends the process (uma2.md §14)', async () => {
    const ticket = ticketIn(await submit());
    const other = await aClient(story.authority, { asynchronousApproval: true });
    expect(answer(await redeemBare(story, ticket, {}, other))).toEqual(invalidGrant);
    expect(answer(await redeemBare(story, ticket))).toEqual(invalidGrant);
  });

  it('whose ticket is gone meanwhile waits no longer', async () => {
    await submit({ sub: 'dr-gone' });
    const { random } = story.authority.deps;
    const deps = { random, tickets: { renew: async () => false } };
    const presented = { submitted: { ...(await latest()), isStanding: false } } as unknown as Presented;
    const { at } = story.authority.world;
    expect(await answerPoll(deps, 'x', presented, { at })).toEqual({ reason: 'ticket-not-live' });
  });

  it('may come for a week, an hour between at most, and is then denied', async () => {
    let reply = await submit();
    for (let polls = 0; polls < 7 * 24; polls++) {
      story.authority.wait(3599);
      reply = await redeemBare(story, ticketIn(reply));
    }
    expect(answer(reply)).toEqual(requestSubmitted);
    story.authority.wait(7 * 24);
    expect(answer(await redeemBare(story, ticketIn(reply)))).toEqual(requestDenied);
    story.pat = await patOf(story.authority, story.resourceServer);
  });
});

const theyAnswer = async (said: 'approved' | 'refused') => await thePatientAnswers(story, said);

describe('once the patient has answered', () => {
  it('no, the next poll is denied without a decision', async () => {
    const ticket = ticketIn(await submit());
    await theyAnswer('refused');
    theConsentsSay({});
    expect(answer(await redeemBare(story, ticket))).toEqual(requestDenied);
    expect(questions).toBe(0);
  });

  it('yes, the consents decide, with the claims of then', async () => {
    const ticket = ticketIn(await submit());
    await theyAnswer('approved');
    theConsentsSay({});
    expect((await redeemBare(story, ticket)).status).toBe(200);
    expect(questions).toBe(1);
  });

  it('yes, and a consent still refuses, it is denied and not asked again', async () => {
    const ticket = ticketIn(await submit());
    await theyAnswer('approved');
    theConsentsSay(aRefusal);
    const before = (await rows()).length;
    expect(answer(await redeemBare(story, ticket))).toEqual(requestDenied);
    expect(await rows()).toHaveLength(before);
  });

  it('yes, and the claims have ended, they are asked for again, of the same party (U24)', async () => {
    const ticket = ticketIn(await submit());
    await theyAnswer('approved');
    theConsentsSay({});
    story.authority.wait(601);
    const stale = await redeemBare(story, ticket);
    expect(answer(stale).error).toBe('need_info');
    const other = await redeem(story, ticketIn(stale), await pushed(story, { sub: 'somebody-else' }));
    expect(answer(other).error).toBe('need_info');
    expect((await redeem(story, ticketIn(other))).status).toBe(200);
  });

  it('yes, then the process has the hour of any other, from when the client first comes for the answer', async () => {
    let reply = await submit();
    story.authority.wait(3500);
    await theyAnswer('approved');
    story.authority.wait(90);
    reply = await redeemBare(story, ticketIn(reply));
    for (let seconds_ = 0; seconds_ < 3480; seconds_ += 290) {
      expect(answer(reply).error).toBe('need_info');
      story.authority.wait(290);
      reply = await redeemBare(story, ticketIn(reply));
    }
    expect(answer(reply).error).toBe('need_info');
    story.authority.wait(119);
    reply = await redeemBare(story, ticketIn(reply));
    expect(answer(reply).error).toBe('need_info');
    story.authority.wait(1);
    theConsentsSay({});
    expect(answer(await redeem(story, ticketIn(reply)))).toEqual({ status: 400, error: 'invalid_grant' });
    story.pat = await patOf(story.authority, story.resourceServer);
  });

  it('yes, then renewed tickets outlive the hour since it was asked', async () => {
    let reply = await submit();
    story.authority.wait(3500);
    await theyAnswer('approved');
    theConsentsSay({});
    reply = await redeemBare(story, ticketIn(reply));
    expect(answer(reply).error).toBe('need_info');
    story.authority.wait(290);
    expect((await redeem(story, ticketIn(reply))).status).toBe(200);
    story.pat = await patOf(story.authority, story.resourceServer);
  });

  describe('yes to what awaited approval (HUAPRV, O-4)', () => {
    const awaiting = { obligations: ['HUAPRV', 'DEID'] };
    const approvedTicket = async () => {
      theConsentsSay(awaiting);
      const ticket = ticketIn(await submit());
      await theyAnswer('approved');
      return ticket;
    };

    it('it awaits it no more, here and at introspection', async () => {
      const reply = await redeemBare(story, await approvedTicket());
      expect(reply.status).toBe(200);
      const { body } = await introspect(story, rptIn(reply));
      expect(body['active']).toBe(true);
      expect(JSON.stringify(body['obligations'])).toContain('DEID');
      expect(JSON.stringify(body['obligations'])).not.toContain('HUAPRV');
    });

    it.each([
      [
        'another purpose',
        { extensions: { ihe_iua: iua({ purpose_of_use: [{ ...treatment, code: 'HRESCH' }] }) } },
      ],
      ['another organization', { extensions: { ihe_iua: iua({ subject_organization_id: 'urn:o|2' }) } }],
    ])('but not for %s', async (_, claims) => {
      const reply = await redeem(story, await approvedTicket(), await pushed(story, claims));
      expect(answer(reply)).toEqual(requestDenied);
    });

    it('of a ticket that asks for what no consent can say as well, what she was shown', async () => {
      theConsentsSay(awaiting);
      story.authority.wait(1);
      const mixed = ['patient/Observation.rs?category=laboratory', 'patient/Observation.rs', 'view'];
      const resource = await aResource(story, { resource_scopes: mixed });
      const waiting = await redeem(story, await aTicket({ ...story, resource }, mixed));
      await theyAnswer('approved');
      const reply = await redeemBare(story, ticketIn(waiting));
      expect(reply.status).toBe(200);
      const { body } = await introspect(story, rptIn(reply));
      expect(body['permissions']).toMatchObject([{ resource_scopes: ['patient/Observation.rs'] }]);
    });

    it('but a scope that was not asked then is not granted with it', async () => {
      const eager = await aClient(story.authority, {
        asynchronousApproval: true,
        scopes: ['patient/Condition.rs'],
      });
      theConsentsSay(awaiting);
      story.authority.wait(1);
      const ticket = ticketIn(await redeemOne(story, {}, eager));
      await theyAnswer('approved');
      const more = await redeemBare(story, ticket, { scope: 'patient/Condition.rs' }, eager);
      expect(more.status).toBe(200);
      const { body } = await introspect(story, rptIn(more));
      expect(body['permissions']).toMatchObject([{ resource_scopes: ['patient/Observation.rs'] }]);
    });
  });
});

describe('claims that came from a PCT', () => {
  /** A ticket that waits on the claims of a PCT. */
  async function onPct(seconds_?: number) {
    theConsentsSay({});
    const exp = seconds(story.authority.world.at) + (seconds_ ?? 120);
    const first = await redeem(story, await aTicket(story), await pushed(story, { exp }));
    const pct = first.body['pct'] as string;
    theConsentsSay(noConsent);
    story.authority.wait(1);
    const reply = await redeemBare(story, await aTicket(story), { pct });
    expect(answer(reply)).toEqual(requestSubmitted);
    return { pct, ticket: ticketIn(reply) };
  }
  const revoke = async (token: string) => {
    const form = { ...(await credentials(story.authority, story.client)), token, token_type_hint: 'pct' };
    expect((await story.authority.postForm('/oauth/revoke', form)).status).toBe(200);
  };

  it('end with it while a request waits on them: they are asked for again, and others count', async () => {
    const { pct, ticket } = await onPct();
    await revoke(pct);
    await theyAnswer('approved');
    theConsentsSay({});
    const stale = await redeemBare(story, ticket);
    expect(answer(stale)).toEqual(needInfo);
    expect(questions).toBe(0);
    const again = await redeemBare(story, ticketIn(stale), { pct });
    expect(answer(again)).toEqual(needInfo);
    expect((await redeem(story, ticketIn(again))).status).toBe(200);
  });

  it('nor are they added to others that do not suffice', async () => {
    const { pct, ticket } = await onPct();
    await revoke(pct);
    await theyAnswer('approved');
    theConsentsSay({});
    const bare = await pushed(story, { extensions: { ihe_iua: {} } });
    const more = await redeem(story, ticket, bare);
    expect(answer(more)).toEqual(needInfo);
    // What was pushed since counts by itself, and rests on no PCT.
    expect((await redeem(story, ticketIn(more))).body).toHaveProperty('pct');
  });

  it('and so does the RPT that the yes led to, also where more was pushed', async () => {
    for (const more of [{}, await pushed(story)]) {
      const { pct, ticket } = await onPct();
      await theyAnswer('approved');
      theConsentsSay({});
      const reply = await redeemBare(story, ticket, more);
      expect(reply.status).toBe(200);
      expect(reply.body).not.toHaveProperty('pct');
      expect((await introspect(story, rptIn(reply))).body['active']).toBe(true);
      await revoke(pct);
      expect((await introspect(story, rptIn(reply))).body).toEqual({ active: false });
    }
  });

  it('end after 8 hours as it does, however long their issuer would let them live', async () => {
    const { ticket } = await onPct(86_400);
    story.authority.wait(3599);
    let reply = await redeemBare(story, ticket);
    for (let hours = 0; hours < 8; hours++) {
      story.authority.wait(3599);
      reply = await redeemBare(story, ticketIn(reply));
    }
    await theyAnswer('approved');
    theConsentsSay({});
    expect(answer(await redeemBare(story, ticketIn(reply)))).toEqual(needInfo);
    story.pat = await patOf(story.authority, story.resourceServer);
  });
});

it('an approval is of one process: the next ticket is asked about anew', async () => {
  await submit();
  const resource = await aResource(story);
  expect(answer(await redeem(story, await aTicket({ ...story, resource })))).toEqual(requestSubmitted);
});
