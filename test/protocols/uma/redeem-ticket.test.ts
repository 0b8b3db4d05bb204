/** The uma-ticket grant (uma2.md U6 … U12, U17, U22; cascaded-authorization.md U-h, U-j): what a ticket becomes. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asInstant, plusSeconds } from '../../../src/base/instant.ts';
import type { Filter } from '../../../src/decision/filter.ts';
import { sha256 } from '../../../src/protocols/authorization-server/hash.ts';
import type { RequestingParty } from '../../../src/protocols/uma/requesting-party.ts';
import { issueTicket } from '../../../src/protocols/uma/ticket.ts';
import {
  aClient,
  aDecision,
  aRefusal,
  aResourceServer,
  idTokenFormat,
  issuer,
  patOf,
  type Reply,
  seconds,
} from '../../support/authority.ts';
import { anIdentityProvider, claimTokenOf, iua, treatment } from '../../support/claim-tokens.ts';
import { aKeyPair, headerOf, payloadOf, unsigned } from '../../support/keys.ts';
import {
  anUmaStory,
  aResource,
  aTicket,
  pushed,
  redeem,
  redeemBare,
  type Story,
} from '../../support/uma-story.ts';

let story: Story;

beforeAll(async () => {
  story = await anUmaStory();
});
afterAll(() => story.authority.stop());
beforeEach(() => {
  story.authority.world.consent = () => aDecision();
});

const answer = ({ status, body }: Reply) => ({ status, error: body['error'] });
const ticketIn = ({ body }: Reply): string => body['ticket'] as string;
const rptIn = ({ body }: Reply): string => body['access_token'] as string;

const onlyType = (type: string): Filter => ({ op: 'is', atom: { kind: 'type', anyOf: [type] } });

describe('a permit becomes an RPT', () => {
  it('an ES256 at+jwt for the resource server alone, of at most 300 s (interfaces.md, Tokens; U22)', async () => {
    const reply = await redeem(story, await aTicket(story));
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({ token_type: 'Bearer', expires_in: 300 });
    expect(headerOf(rptIn(reply))).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    const now = seconds(story.authority.world.at);
    expect(payloadOf(rptIn(reply))).toMatchObject({
      iss: issuer,
      aud: story.resourceServer.resource,
      client_id: story.client.id,
      iat: now,
      exp: now + 300,
    });
  });

  it('which says nothing but who, for whom and how long, so that the client learns nothing of the consent', async () => {
    const labelled: Filter = { op: 'not', atom: { kind: 'confidentiality', bound: 'at-least', code: 'R' } };
    story.authority.world.consent = () => aDecision({ filter: labelled, obligations: ['NORDSCLCD'] });
    const reply = await redeem(story, await aTicket(story));
    const members = ['iss', 'sub', 'aud', 'client_id', 'jti', 'iat', 'exp'];
    expect(Object.keys(payloadOf(rptIn(reply))).sort()).toEqual(members.sort());
    expect(Object.keys(reply.body).sort()).toEqual(['access_token', 'expires_in', 'token_type']);
  });

  it('without `scope`, and not to be stored (UMA Grant §3.3.5)', async () => {
    const reply = await redeem(story, await aTicket(story));
    expect(reply.body).not.toHaveProperty('scope');
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(reply.headers.get('pragma')).toBe('no-cache');
  });

  it('that ends when the decision does, in whole seconds (D-3)', async () => {
    const until = asInstant(story.authority.world.at + 42_900);
    story.authority.world.consent = () => aDecision({ holdsUntil: until });
    const reply = await redeem(story, await aTicket(story));
    expect(payloadOf(rptIn(reply)).exp).toBe(seconds(until));
    expect((payloadOf(rptIn(reply)).exp ?? 0) * 1000).toBeLessThanOrEqual(until);
  });

  it('but not when the decision ends within the second', async () => {
    story.authority.world.consent = () =>
      aDecision({ holdsUntil: asInstant(story.authority.world.at + 100) });
    expect(answer(await redeem(story, await aTicket(story)))).toEqual({
      status: 403,
      error: 'request_denied',
    });
  });

  it('whose subject is one name per requester and resource server, and not the one the issuer uses (T7)', async () => {
    const other = await aResourceServer(story.authority);
    const pat = await patOf(story.authority, other);
    const elsewhere = { ...story, pat, resourceServer: other, resource: await aResource({ ...story, pat }) };
    const [first, second, third] = [
      payloadOf(rptIn(await redeem(story, await aTicket(story)))).sub,
      payloadOf(rptIn(await redeem(story, await aTicket(story)))).sub,
      payloadOf(rptIn(await redeem(elsewhere, await aTicket(elsewhere)))).sub,
    ];
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    expect(first).not.toContain('dr-t');
  });

  it('and the record of the decision names token, process and basis (U-j)', async () => {
    const reply = await redeem(story, await aTicket(story));
    const { entries } = await story.authority.audit.find(
      { client: [story.client.id] },
      { count: 1, offset: 0 },
    );
    expect(entries[0]).toMatchObject({
      outcome: 'permit',
      patient: 'Patient/ann',
      action: 'access',
      purposes: ['TREAT'],
      basis: [{ consent: 'c-1', version: 1, path: '/provision' }],
      circumstances: { door: 'uma', tokenId: payloadOf(rptIn(reply)).jti, transaction: expect.any(String) },
    });
  });
});

describe('the consents are asked', () => {
  it('with the requester as the issuer names it', async () => {
    story.authority.world.organizations.set('urn:ietf:rfc:3986|https://clinic-a.example', 'Organization/a');
    const asked: unknown[] = [];
    story.authority.world.consent = (request) => {
      asked.push(request);
      return aDecision();
    };
    const role = { system: 'http://nucc.org/provider-taxonomy', code: '207R00000X' };
    const extensions = { ihe_iua: iua({ person_id: 'urn:example:staff|t', subject_role: [role] }) };
    await redeem(story, await aTicket(story), await pushed(story, { extensions }));
    expect(asked).toEqual([
      {
        patient: 'Patient/ann',
        requester: {
          type: 'practitioner',
          identifiers: [
            { system: story.idp.issuer, value: 'dr-t' },
            { system: 'urn:example:staff', value: 't' },
          ],
          organization: 'Organization/a',
          roles: [role],
          clientId: story.client.id,
        },
        action: 'access',
        purposes: ['TREAT'],
        resourceTypes: ['Observation'],
        at: story.authority.world.at,
      },
    ]);
  });

  it('once per action, whatever the number of scopes', async () => {
    const actions: string[] = [];
    story.authority.world.consent = ({ action }) => {
      actions.push(action);
      return aDecision();
    };
    await redeem(story, await aTicket(story, ['patient/Observation.rs', 'patient/Condition.rs', 'read']));
    expect(actions).toEqual(['access']);
  });

  it('and a scope is granted for the types it reads: the other stays out, the token is partial (§8 step 5)', async () => {
    story.authority.world.consent = () => aDecision({ filter: onlyType('Observation') });
    const { status } = await redeem(
      story,
      await aTicket(story, ['patient/Observation.rs', 'patient/Condition.rs']),
    );
    expect(status).toBe(200);
    expect(answer(await redeem(story, await aTicket(story, ['patient/Condition.rs'])))).toEqual({
      status: 403,
      error: 'request_denied',
    });
  });

  it('and a permit from which nothing was granted is recorded as a refusal', async () => {
    story.authority.world.consent = () => aDecision({ filter: onlyType('Observation') });
    await redeem(story, await aTicket(story, ['patient/Condition.rs']));
    const { entries } = await story.authority.audit.find(
      { client: [story.client.id] },
      { count: 1, offset: 0 },
    );
    expect(entries[0]).toMatchObject({ outcome: 'deny', reason: 'outside-permitted-data' });
  });

  it('and a scope of a vocabulary we do not speak is never granted', async () => {
    expect(answer(await redeem(story, await aTicket(story, ['view'])))).toMatchObject({
      error: 'request_denied',
    });
  });

  it('and a ticket without scopes is never a grant of something (§8 a; U12)', async () => {
    expect(answer(await redeem(story, await aTicket(story, [])))).toEqual({
      status: 403,
      error: 'request_denied',
    });
  });
});

describe('a refusal', () => {
  it('looks the same whether consent is missing or refuses (U-h, U12)', async () => {
    story.authority.world.consent = () => aRefusal;
    const refused = await redeem(story, await aTicket(story));
    story.authority.world.consent = () => aDecision({ ...aRefusal, reason: 'no-consent', basis: [] });
    const missing = await redeem(story, await aTicket(story));
    expect(missing.body).toEqual(refused.body);
    expect(refused.body).toEqual({ error: 'request_denied', error_description: 'the request is denied' });
    const headers = (reply: Reply) => [...reply.headers].filter(([name]) => name !== 'x-request-id');
    expect(headers(missing)).toEqual(headers(refused));
  });

  it('carries no ticket (UMA Grant §3.3.6)', async () => {
    story.authority.world.consent = () => aRefusal;
    expect((await redeem(story, await aTicket(story))).body).not.toHaveProperty('ticket');
  });

  it('leaves its record with the consent that decided', async () => {
    story.authority.world.consent = () =>
      aDecision({ ...aRefusal, basis: [{ consent: 'r4', version: 3, path: '/provision' }] });
    await redeem(story, await aTicket(story));
    const { entries } = await story.authority.audit.find(
      { client: [story.client.id] },
      { count: 1, offset: 0 },
    );
    expect(entries[0]).toMatchObject({
      outcome: 'deny',
      basis: [{ consent: 'r4', version: 3, path: '/provision' }],
    });
    expect(entries[0]?.circumstances).not.toHaveProperty('tokenId');
  });
});

describe("the redeeming client's registration", () => {
  const outcomes = async (client: string) =>
    (await story.authority.audit.find({ client: [client] }, { count: 10, offset: 0 })).entries.map(
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
      const refused = await redeem(story, await aTicket(story), {}, limited);
      world.consent = () => aDecision({ ...aRefusal, reason: 'no-consent', basis: [] });
      const missing = await redeem(story, await aTicket(story));
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
      expect((await redeem(story, await aTicket(story), {}, limited)).status).toBe(200);
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
    const { entries } = await story.authority.audit.find({ client: [client.id] }, { count: 9, offset: 0 });
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
    await redeem(story, await aTicket(story), {}, client);
    const { entries } = await story.authority.audit.find({ client: [client.id] }, { count: 9, offset: 0 });
    expect(entries.map(({ outcome }) => outcome)).toEqual(['deny']);
  });
});

describe('a claim token that names a client (cascaded-authorization.md D8, T4)', () => {
  /** The hospital asks in the back channel: it got the ticket for its own resource, and redeems it. */
  async function inBackChannel(clientIds: Readonly<Record<string, string>>, named: string) {
    const { authority, resourceServer } = story;
    const idp = await anIdentityProvider(authority, { clientIds });
    const claim_token = await claimTokenOf(authority, idp, { client_id: named });
    const clients: unknown[] = [];
    authority.world.consent = ({ requester }) => {
      clients.push(requester.clientId);
      return aDecision();
    };
    const reply = await redeem(story, await aTicket(story), { claim_token }, resourceServer);
    const page = { count: 1, offset: 0 };
    const { entries } = await authority.audit.find({ client: [resourceServer.id] }, page);
    return { reply, clients, entry: entries[0] };
  }

  it('is decided about that client, ours when the issuer is known to mean it, and both are on record', async () => {
    const { reply, clients, entry } = await inBackChannel({ [story.client.id]: 'app-1' }, 'app-1');
    expect(reply.status).toBe(200);
    expect(clients).toEqual([story.client.id]);
    expect(entry).toMatchObject({
      requester: { clientId: story.client.id },
      circumstances: { clientId: story.resourceServer.id },
    });
  });

  it('by the name the issuer gives it, when we know no other', async () => {
    const { reply, clients } = await inBackChannel({}, 'app-of-theirs');
    expect(reply.status).toBe(200);
    expect(clients).toEqual(['app-of-theirs']);
  });

  it('but never by the id of a client of ours that the issuer is not known to mean', async () => {
    const { reply, clients } = await inBackChannel({}, story.client.id);
    expect(answer(reply)).toEqual({ status: 403, error: 'need_info' });
    expect((await inBackChannel({}, story.client.id.toUpperCase())).reply.status).toBe(403);
    expect(clients).toEqual([]);
  });

  it('nor a client that was disabled', async () => {
    const gone = await aClient(story.authority);
    await story.authority.deps.clients.disable(gone.id, story.authority.world.at);
    expect(answer((await inBackChannel({ [gone.id]: 'app-2' }, 'app-2')).reply)).toMatchObject({
      error: 'need_info',
    });
  });

  it('nor beyond the registration of the client it names (interfaces.md, Scopes)', async () => {
    const limited = await aClient(story.authority, { patients: ['Patient/bob'] });
    expect(answer((await inBackChannel({ [limited.id]: 'app-3' }, 'app-3')).reply)).toEqual({
      status: 403,
      error: 'request_denied',
    });
  });

  it('and an app that presents what was said of another is refused', async () => {
    const idp = await anIdentityProvider(story.authority, { clientIds: { [story.client.id]: 'app-1' } });
    const claim_token = await claimTokenOf(story.authority, idp, { client_id: 'app-9' });
    expect(answer(await redeem(story, await aTicket(story), { claim_token }))).toEqual({
      status: 403,
      error: 'need_info',
    });
    const own = await claimTokenOf(story.authority, idp, { client_id: 'app-1' });
    expect((await redeem(story, await aTicket(story), { claim_token: own })).status).toBe(200);
  });
});

describe('a ticket works once', () => {
  const dead = { status: 400, error: 'invalid_grant' };

  it('and its second use is refused (U6)', async () => {
    const ticket = await aTicket(story);
    expect((await redeem(story, ticket)).status).toBe(200);
    expect(answer(await redeem(story, ticket))).toEqual(dead);
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
    expect(answer(await redeem(story, ticket))).toEqual(dead);
  });

  it('and not after 300 s', async () => {
    const ticket = await aTicket(story);
    story.authority.wait(300);
    expect(answer(await redeem(story, ticket))).toEqual(dead);
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
    expect(answer(await redeem(story, narrowed))).toEqual({ status: 403, error: 'request_denied' });
    await story.authority.sendJson('DELETE', `/uma/resources/${resource}`, undefined, story.pat);
    expect(answer(await redeem(story, gone))).toEqual(dead);
  });
});

describe('claims that are missing are asked for', () => {
  const needInfo = { status: 403, error: 'need_info' };

  it('with a new ticket, what is required and from whom (U8, U9)', async () => {
    const ticket = await aTicket(story);
    const reply = await redeemBare(story, ticket);
    expect(answer(reply)).toEqual(needInfo);
    expect(ticketIn(reply)).not.toBe(ticket);
    expect(reply.body['required_claims']).toEqual([
      {
        name: 'purpose_of_use',
        friendly_name: 'Purpose of use',
        claim_token_format: [idTokenFormat],
        issuer: expect.arrayContaining([story.idp.issuer]),
      },
    ]);
    expect(reply.headers.get('cache-control')).toBe('no-store');
  });

  it('and the old ticket is dead while the new one lives (U8)', async () => {
    const ticket = await aTicket(story);
    const successor = ticketIn(await redeemBare(story, ticket));
    expect(answer(await redeem(story, ticket))).toEqual({ status: 400, error: 'invalid_grant' });
    expect((await redeem(story, successor)).status).toBe(200);
  });

  it('and the process belongs to the client that began it (uma2.md §14)', async () => {
    const successor = ticketIn(await redeemBare(story, await aTicket(story)));
    const other = await aClient(story.authority);
    expect(answer(await redeem(story, successor, {}, other))).toEqual({
      status: 400,
      error: 'invalid_grant',
    });
  });

  it('and both tickets belong to one process, which the record names (txn)', async () => {
    const ticket = await aTicket(story);
    const successor = ticketIn(await redeemBare(story, ticket));
    await redeem(story, successor);
    const { entries } = await story.authority.audit.find(
      { client: [story.client.id] },
      { count: 1, offset: 0 },
    );
    const process = String(entries[0]?.circumstances.transaction);
    const rows = await story.authority.db.execute(
      `select secret_hash from ticket where process = '${process}'`,
    );
    const hashes = await Promise.all([ticket, successor].map(sha256));
    expect(rows.map((row) => row['secret_hash']).sort()).toEqual(hashes.sort());
  });

  const wrong: readonly (readonly [string, (now: number) => Readonly<Record<string, unknown>>])[] = [
    ['for another audience (U17)', () => ({ aud: 'https://other.example' })],
    ['for us and another audience', () => ({ aud: [issuer, 'https://other.example'] })],
    ['that has expired', (now) => ({ iat: now - 200, exp: now - 31 })],
    ['from the future', (now) => ({ iat: now + 60 })],
    ['not valid yet', (now) => ({ nbf: now + 60 })],
    ['without exp', () => ({ exp: undefined })],
    ['without iat', () => ({ iat: undefined })],
    ['without sub', () => ({ sub: undefined })],
    ['without jti', () => ({ jti: undefined })],
    ['without aud', () => ({ aud: undefined })],
    ['from an issuer nobody configured (U17)', () => ({ iss: 'https://rogue.example' })],
    ['from an issuer that is no URL', () => ({ iss: 'a\u0000b' })],
    ['with a subject that no database takes', () => ({ sub: 'a\u0000b' })],
    ['without a purpose', () => ({ extensions: { ihe_iua: { subject_name: 'Dr. T' } } })],
    ['with an empty purpose', () => ({ extensions: { ihe_iua: iua({ purpose_of_use: [] }) } })],
    [
      'with a purpose of another system',
      () => ({ extensions: { ihe_iua: iua({ purpose_of_use: [{ system: 'urn:x', code: 'TREAT' }] }) } }),
    ],
    [
      'with a purpose without system',
      () => ({ extensions: { ihe_iua: iua({ purpose_of_use: [{ code: 'TREAT' }] }) } }),
    ],
    [
      'with an unknown purpose beside a known one',
      () => ({
        extensions: { ihe_iua: iua({ purpose_of_use: [treatment, { ...treatment, code: 'FUN' }] }) },
      }),
    ],
    ['without extensions', () => ({ extensions: undefined })],
  ];

  it.each(wrong)('as for a claim token %s', async (_, claims) => {
    const form = await pushed(story, claims(seconds(story.authority.world.at)));
    const ticket = await aTicket(story);
    const reply = await redeem(story, ticket, form);
    expect(answer(reply)).toEqual(needInfo);
    expect(ticketIn(reply)).not.toBe(ticket);
  });

  it('as for a token signed by another key', async () => {
    const claim_token = await claimTokenOf(story.authority, { ...story.idp, keys: await aKeyPair() });
    expect(answer(await redeem(story, await aTicket(story), { claim_token }))).toEqual(needInfo);
  });

  it('as for an unsigned one', async () => {
    const { claim_token } = await pushed(story);
    const forged = unsigned(payloadOf(claim_token ?? ''));
    expect(answer(await redeem(story, await aTicket(story), { claim_token: forged }))).toEqual(needInfo);
  });

  it('as for a token of another type, such as our own access token', async () => {
    const claim_token = await claimTokenOf(story.authority, story.idp, {}, { typ: 'at+jwt' });
    expect(answer(await redeem(story, await aTicket(story), { claim_token }))).toEqual(needInfo);
    const own = { claim_token: story.pat };
    expect(answer(await redeem(story, await aTicket(story), own))).toEqual(needInfo);
  });

  it('as for another format', async () => {
    const form = { claim_token_format: 'urn:ietf:params:oauth:token-type:saml2' };
    expect(answer(await redeem(story, await aTicket(story), form))).toEqual(needInfo);
  });

  it('but a token without its format, or a format without its token, is a mistake that costs no ticket (U10)', async () => {
    const ticket = await aTicket(story);
    const { claim_token = '' } = await pushed(story);
    const mistake = { status: 400, error: 'invalid_request' };
    expect(answer(await redeemBare(story, ticket, { claim_token }))).toEqual(mistake);
    expect(answer(await redeemBare(story, ticket, { claim_token_format: idTokenFormat }))).toEqual(mistake);
    expect((await redeem(story, ticket)).status).toBe(200);
  });
});

describe('a claim token is accepted', () => {
  it('for the client_id under which its issuer knows this client, and for no other client (U17)', async () => {
    const other = await aClient(story.authority);
    const idp = await anIdentityProvider(story.authority, { clientIds: { [story.client.id]: 'app-1' } });
    const claim_token = await claimTokenOf(story.authority, idp, { aud: 'app-1', azp: 'app-1' });
    expect((await redeem(story, await aTicket(story), { claim_token })).status).toBe(200);
    const foreign = await redeem(story, await aTicket(story), { claim_token }, other);
    expect(answer(foreign)).toEqual({ status: 403, error: 'need_info' });
  });

  it('but not when another party was authorized to use it', async () => {
    const idp = await anIdentityProvider(story.authority, { clientIds: { [story.client.id]: 'app-1' } });
    const claim_token = await claimTokenOf(story.authority, idp, { azp: 'app-2' });
    expect(answer(await redeem(story, await aTicket(story), { claim_token }))).toMatchObject({
      error: 'need_info',
    });
  });

  it('nor, where the issuer has no name for this client, for any `azp` but our own id (OpenID Connect Core §3.1.3.7)', async () => {
    const foreign = await claimTokenOf(story.authority, story.idp, { azp: 'app-2' });
    const reply = await redeem(story, await aTicket(story), { claim_token: foreign });
    expect(answer(reply)).toEqual({ status: 403, error: 'need_info' });
    const own = await claimTokenOf(story.authority, story.idp, { azp: story.client.id });
    expect((await redeem(story, await aTicket(story), { claim_token: own })).status).toBe(200);
  });

  it('up to 30 s after its end', async () => {
    const now = seconds(story.authority.world.at);
    const form = await pushed(story, { iat: now - 100, exp: now - 29 });
    expect((await redeem(story, await aTicket(story), form)).status).toBe(200);
  });
});

describe('claims accepted earlier in the process', () => {
  /** The successor of a ticket whose claims were accepted, as a pending approval will issue it. */
  async function successorWith(expiresInSeconds: number): Promise<string> {
    const { world, deps } = story.authority;
    const party: RequestingParty = {
      issuer: story.idp.issuer,
      subject: 'dr-t',
      requester: { type: 'practitioner' },
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
    const purposes: unknown[] = [];
    story.authority.world.consent = (request) => {
      purposes.push(request.purposes);
      return aDecision();
    };
    const research = iua({ purpose_of_use: [{ ...treatment, code: 'HRESCH' }] });
    const form = await pushed(story, { extensions: { ihe_iua: research } });
    await redeem(story, await successorWith(60), form);
    expect(purposes).toEqual([['HRESCH']]);
  });

  it('do not outlive the token that carried them (U24)', async () => {
    const ticket = await successorWith(60);
    story.authority.wait(60);
    expect(answer(await redeemBare(story, ticket))).toEqual({ status: 403, error: 'need_info' });
  });
});

describe('a scope in the token request', () => {
  const asking = async (
    client: typeof story.client,
    scope: string,
    asked: readonly string[] = ['patient/Observation.rs'],
  ) => await redeem(story, await aTicket(story, asked), { scope }, client);

  it('adds to the ticket when the client is registered for it (§8 step 2)', async () => {
    const client = await aClient(story.authority, { scopes: ['patient/Condition.rs'] });
    const types: unknown[] = [];
    story.authority.world.consent = ({ resourceTypes }) => {
      types.push(resourceTypes);
      return aDecision();
    };
    expect((await asking(client, 'patient/Condition.rs')).status).toBe(200);
    expect(types).toEqual([['Observation', 'Condition']]);
  });

  it('is ignored when the client is not (§8 c)', async () => {
    const types: unknown[] = [];
    story.authority.world.consent = ({ resourceTypes }) => {
      types.push(resourceTypes);
      return aDecision();
    };
    expect((await asking(story.client, 'patient/Condition.rs')).status).toBe(200);
    expect(types).toEqual([['Observation']]);
  });

  it('that fits no resource of the ticket fails with it (§8 b)', async () => {
    const client = await aClient(story.authority, { scopes: ['user/Patient.rs'] });
    expect(answer(await asking(client, 'user/Patient.rs'))).toEqual({ status: 400, error: 'invalid_scope' });
  });
});

describe('a ticket from a resource server', () => {
  it('that was disabled since is worth nothing', async () => {
    const server = await aResourceServer(story.authority);
    const pat = await patOf(story.authority, server);
    const elsewhere = { ...story, pat, resource: await aResource({ ...story, pat }) };
    const ticket = await aTicket(elsewhere);
    await story.authority.deps.clients.disable(server.id, plusSeconds(story.authority.world.at, 0));
    expect(answer(await redeem(elsewhere, ticket))).toEqual({ status: 400, error: 'invalid_grant' });
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
  expect(answer(await redeem(story, last))).toEqual({ status: 400, error: 'invalid_grant' });
});
