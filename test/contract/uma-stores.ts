/** What every store of UMA must do, whatever it is built on. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { asInstant, type Instant, plusSeconds } from '../../src/base/instant.ts';
import type { ClientStore } from '../../src/protocols/authorization-server/client-store.ts';
import type { TokenStore } from '../../src/protocols/authorization-server/token-store.ts';
import type { Approval, ApprovalStore } from '../../src/protocols/uma/assessment/approval-store.ts';
import type { Issuance, IssuanceStore } from '../../src/protocols/uma/grant/issuance-store.ts';
import type { PctStore } from '../../src/protocols/uma/party/pct-store.ts';
import type { RequestingParty } from '../../src/protocols/uma/party/requesting-party.ts';
import type { TrustedIssuerStore } from '../../src/protocols/uma/party/trusted-issuer-store.ts';
import type { Keeper, RegisteredResourceStore } from '../../src/protocols/uma/permission/resource-store.ts';
import type {
  SubmittedRequest,
  SubmittedRequestStore,
} from '../../src/protocols/uma/submitted/submitted-request-store.ts';
import type { Ticket, TicketStore } from '../../src/protocols/uma/ticket/ticket-store.ts';

import { aClient, at } from './a-client.ts';
import type { Filing } from './read-evidence/filing.ts';

const party: RequestingParty = {
  issuer: 'https://idp.example',
  subject: 'dr-t',
  requester: { type: 'practitioner', identifiers: [{ system: 'https://idp.example', value: 'dr-t' }] },
  purposes: ['TREAT'],
  // NUL is legal in JSON, and a stranger may send it.
  asserted: { purpose_of_use: [{ code: 'TREAT' }], subject_name: 'Dr.\u0000T' },
  expiresAt: plusSeconds(at, 60),
};

export function ticketStoreContract(store: () => TicketStore): void {
  const aTicket = (given: Partial<Ticket> = {}): Ticket => ({
    process: randomUUID(),
    resourceServer: randomUUID(),
    patient: 'Patient/ann',
    permissions: [{ resourceId: randomUUID(), scopes: ['read'] }],
    issuedAt: at,
    expiresAt: plusSeconds(at, 300),
    ...given,
  });

  it('gives a ticket to one of many at once, as it was issued', async () => {
    const [hash, ticket] = [randomUUID(), aTicket({ clientId: randomUUID(), claims: { party } })];
    await store().issue(hash, ticket);
    const got = await Promise.all(Array.from({ length: 50 }, () => store().consume(hash, at)));
    expect(got.filter((each) => each !== undefined)).toEqual([{ ticket, resources: [] }]);
  });

  it('gives none after its end, nor one that was never issued', async () => {
    const hash = randomUUID();
    await store().issue(hash, aTicket());
    expect(await store().consume(hash, plusSeconds(at, 300))).toBeUndefined();
    expect(await store().consume(hash, asInstant(plusSeconds(at, 300) - 1))).toBeDefined();
    expect(await store().consume(randomUUID(), at)).toBeUndefined();
  });
}

export function registeredResourceStoreContract(store: () => RegisteredResourceStore): void {
  const aKeeper = (): Keeper => ({ resourceServer: randomUUID() });
  const registered = async ({ resourceServer }: Keeper, seconds = 0, patient = 'Patient/ann') => {
    const resource = {
      id: randomUUID(),
      resourceServer,
      patient,
      description: { resource_scopes: ['read'], name: 'a\u0000record' },
      registeredAt: plusSeconds(at, seconds),
    };
    await store().register(resource);
    return resource;
  };

  it('finds what one resource server registered, and nothing of another', async () => {
    const [own, other] = [aKeeper(), aKeeper()];
    const [first, second] = [await registered(own), await registered(own)];
    expect(await store().find(own, [first.id])).toEqual([first]);
    expect(await store().find(own, [first.id, second.id, randomUUID()])).toHaveLength(2);
    expect(await store().find(other, [first.id])).toEqual([]);
    expect(await store().find(own, ['a\u0000b', '', 'x'])).toEqual([]);
  });

  it('describes anew and removes for that resource server alone', async () => {
    const [own, other] = [aKeeper(), aKeeper()];
    const { id } = await registered(own);
    const description = { resource_scopes: ['search'] };
    expect(await store().describe(other, id, description)).toBe(false);
    expect(await store().remove(other, id)).toBe(false);
    expect(await store().describe(own, id, description)).toBe(true);
    expect(await store().find(own, [id])).toMatchObject([{ description, patient: 'Patient/ann' }]);
    expect([await store().remove(own, id), await store().remove(own, id)]).toEqual([true, false]);
    expect([
      await store().describe(own, 'a\u0000b', description),
      await store().remove(own, '\u0000'),
    ]).toEqual([false, false]);
  });

  it('lists ids, oldest first', async () => {
    const own = aKeeper();
    const [later, sooner] = [await registered(own, 2), await registered(own, 1)];
    expect(await store().list(own)).toEqual([sooner.id, later.id]);
    expect(await store().list(aKeeper())).toEqual([]);
  });

  it('keeps to one owner where the keeper names one', async () => {
    const server = aKeeper();
    const [anns, bobs] = [await registered(server), await registered(server, 1, 'Patient/bob')];
    const ann = { ...server, owner: 'Patient/ann' };
    expect(await store().list(ann)).toEqual([anns.id]);
    expect(await store().find(ann, [anns.id, bobs.id])).toEqual([anns]);
    expect(await store().describe(ann, bobs.id, { resource_scopes: [] })).toBe(false);
    expect(await store().remove(ann, bobs.id)).toBe(false);
    expect(await store().find(server, [anns.id, bobs.id])).toEqual(expect.arrayContaining([anns, bobs]));
    expect(await store().remove(ann, anns.id)).toBe(true);
  });
}

const plenty = { ofAccount: 100, ofPatient: 100, ofClient: 100 };
/** With a ticket that lives for ten minutes after a poll. */
const liveAt = (moment: Instant) => ({ at: moment, polledAfter: plusSeconds(moment, -600) });
const live = liveAt(at);

const aSubmittedRequest = (given: Partial<SubmittedRequest> = {}): SubmittedRequest => ({
  id: randomUUID(),
  process: randomUUID(),
  patient: `Patient/${randomUUID()}`,
  about: `Patient/${randomUUID()}`,
  clientId: randomUUID(),
  resourceServer: randomUUID(),
  permissions: [{ resourceId: randomUUID(), scopes: ['read'], type: 'http://hl7.org/fhir/Observation' }],
  party,
  submittedAt: at,
  expiresAt: plusSeconds(at, 600),
  intervalSeconds: 30,
  polledAt: at,
  ...given,
});

export type ApprovalStores = {
  readonly approvals: ApprovalStore;
  readonly issuances: IssuanceStore;
  readonly clients: ClientStore;
  readonly tokens: TokenStore;
  readonly pcts: PctStore;
  readonly tickets: TicketStore;
  readonly resources: RegisteredResourceStore;
  readonly submittedRequests: SubmittedRequestStore;
  /** Consents, as the FHIR API files them. */
  readonly filed: Filing;
};

export function approvalStoreContract(stores: () => ApprovalStores): void {
  async function anApproval(given: Partial<Approval> = {}, beside: Partial<Issuance> = {}) {
    const { clients, issuances, resources } = stores();
    const client = aClient({ patients: ['Patient/ann'], organizations: ['Organization/a'] });
    await clients.create(client);
    const { tokenId = randomUUID() } = given;
    const resourceServer = randomUUID();
    const resource = {
      id: randomUUID(),
      resourceServer,
      patient: 'Patient/ann',
      description: { resource_scopes: ['read'], name: 'a\u0000record' },
      registeredAt: at,
    };
    await resources.register(resource);
    const approval: Approval = {
      tokenId,
      process: randomUUID(),
      clientId: client.id,
      resourceServer,
      patient: 'Patient/ann',
      permissions: [resource.id, randomUUID()].map((resourceId) => ({ resourceId, scopes: ['read'] })),
      party,
      subject: 'pw-1',
      expiresAt: plusSeconds(at, 300),
      ...given,
    };
    const token = { id: tokenId, kind: 'rpt', clientId: client.id, scopes: [], issuedAt: at } as const;
    const { expiresAt } = approval;
    await issuances.keep({ token: { ...token, expiresAt }, approval, records: [], ...beside });
    return { approval, client, resource };
  }

  const aPct = (secretHash: string, clientId: string) => ({
    secretHash,
    claims: { clientId, party, issuedAt: at, expiresAt: plusSeconds(at, 60) },
  });

  it('keeps RPTs that are issued at once, each with its own', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => anApproval()));
    const found = await Promise.all(all.map(({ approval }) => stores().approvals.find(approval.tokenId)));
    expect(found.map((each) => each?.approval)).toEqual(all.map(({ approval }) => approval));
    const tokens = await Promise.all(all.map(({ approval }) => stores().tokens.find(approval.tokenId)));
    expect(tokens.map((each) => each?.client.id)).toEqual(all.map(({ client }) => client.id));
  });

  it('ends the RPT that a new one takes the place of, of the same client alone', async () => {
    const [mine, others] = [await anApproval(), await anApproval()];
    const clientId = mine.client.id;
    for (const tokenId of [mine.approval.tokenId, others.approval.tokenId])
      await anApproval({}, { replaced: { tokenId, clientId, at: plusSeconds(at, 5) } });
    const { tokens } = stores();
    expect((await tokens.find(mine.approval.tokenId))?.token.revokedAt).toBe(plusSeconds(at, 5));
    expect((await tokens.find(others.approval.tokenId))?.token.revokedAt).toBeUndefined();
  });

  it('keeps nothing of an issuance that cannot be kept whole', async () => {
    const pct = aPct(randomUUID(), randomUUID());
    await anApproval({}, { pct });
    const tokenId = randomUUID();
    await expect(anApproval({ tokenId }, { pct })).rejects.toThrow();
    expect(await stores().approvals.find(tokenId)).toBeUndefined();
    expect(await stores().tokens.find(tokenId)).toBeUndefined();
  });

  it('finds what a token rests on, with what stands behind it now', async () => {
    const { approval, client, resource } = await anApproval();
    const { id, patients, organizations } = client;
    const onFile = {
      approval,
      client: { id, patients, organizations },
      resources: [{ id: resource.id, description: resource.description }],
      isRevoked: false,
    };
    expect(await stores().approvals.find(approval.tokenId)).toEqual(onFile);
    const submitted = aSubmittedRequest({ process: approval.process });
    await stores().submittedRequests.submit(submitted, plenty, live);
    await stores().tokens.revoke(approval.tokenId, id, at);
    const now = { ...onFile, submitted: { ...submitted, isStanding: false }, isRevoked: true };
    expect(await stores().approvals.find(approval.tokenId)).toEqual(now);
    expect(await stores().approvals.find(randomUUID())).toBeUndefined();
  });

  it.each(['changed', 'deleted'] as const)(
    'tells that a yes stands until a consent it filed is %s',
    async (becomes) => {
      const { approvals, tickets, submittedRequests, filed } = stores();
      const { approval } = await anApproval();
      const submitted = aSubmittedRequest({ process: approval.process });
      await submittedRequests.submit(submitted, plenty, live);
      const consents = [randomUUID(), randomUUID()].map((id) => ({ resourceType: 'Consent', id }) as const);
      for (const consent of consents) await filed.create(consent);
      const ids = consents.map(({ id }) => id);
      const isStanding = async () => {
        const hash = randomUUID();
        const { process, resourceServer, patient, permissions, expiresAt } = approval;
        const asked = { process, resourceServer, patient, permissions };
        await tickets.issue(hash, { ...asked, issuedAt: at, expiresAt });
        return [
          (await approvals.find(approval.tokenId))?.submitted?.isStanding,
          (await tickets.consume(hash, at))?.submitted?.isStanding,
        ];
      };
      expect(await isStanding()).toEqual([false, false]);
      await submittedRequests.answer(submitted.id, 'approved', live, ids);
      expect(await isStanding()).toEqual([true, true]);
      const [, second] = consents;
      if (becomes === 'deleted') await filed.remove(`Consent/${second?.id}`);
      else if (second) await filed.update(second);
      expect(await isStanding()).toEqual([false, false]);
    },
  );

  it('persists claims for one client, until their end or until they are revoked', async () => {
    const { pcts } = stores();
    const [hash, clientId] = [randomUUID(), randomUUID()];
    await anApproval({}, { pct: aPct(hash, clientId) });
    expect(await pcts.find(hash, clientId, at)).toEqual(party);
    expect(await pcts.find(hash, randomUUID(), at)).toBeUndefined();
    expect(await pcts.find(hash, clientId, plusSeconds(at, 60))).toBeUndefined();
    expect(await pcts.revoke(hash, randomUUID(), at)).toBe(false);
    expect(await pcts.find(hash, clientId, at)).toEqual(party);
    expect([await pcts.revoke(hash, clientId, at), await pcts.revoke(hash, clientId, at)]).toEqual([
      true,
      true,
    ]);
    expect(await pcts.find(hash, clientId, at)).toBeUndefined();
    expect(await pcts.revoke(randomUUID(), clientId, at)).toBe(false);
  });

  it('ends with claims that are revoked the tokens that came from them, and no other', async () => {
    const { pcts, approvals } = stores();
    const pctHash = randomUUID();
    const clientId = randomUUID();
    const { approval } = await anApproval({ pctHash });
    const { approval: other } = await anApproval({}, { pct: aPct(pctHash, clientId) });
    await pcts.revoke(pctHash, clientId, at);
    expect((await approvals.find(approval.tokenId))?.isRevoked).toBe(true);
    expect((await approvals.find(other.tokenId))?.isRevoked).toBe(false);
    const { approval: late } = await anApproval({ pctHash });
    expect((await approvals.find(late.tokenId))?.isRevoked).toBe(true);
  });

  it('tells of a ticket whether the PCT its claims came from was taken back, or is gone', async () => {
    const { pcts, tickets } = stores();
    const [kept, gone, clientId] = [randomUUID(), randomUUID(), randomUUID()];
    await anApproval({}, { pct: aPct(kept, clientId) });
    const presented = async (pctHash: string) => {
      const [hash, server] = [randomUUID(), { resourceServer: randomUUID(), patient: 'Patient/ann' }];
      const ticket = { ...server, process: randomUUID(), permissions: [], claims: { party, pctHash } };
      await tickets.issue(hash, { ...ticket, issuedAt: at, expiresAt: plusSeconds(at, 300) });
      const found = await tickets.consume(hash, at);
      expect(found?.ticket.claims).toEqual({ party, pctHash });
      return found?.isPctRevoked;
    };
    expect(await presented(kept)).toBeUndefined();
    expect(await presented(gone)).toBe(true);
    await pcts.revoke(kept, clientId, at);
    expect(await presented(kept)).toBe(true);
  });

  it('renews a ticket with the poll of what waits under it, and not before it was consumed', async () => {
    const { tickets, submittedRequests } = stores();
    const { process, ...submitted } = aSubmittedRequest();
    const asked = { process, resourceServer: randomUUID(), patient: 'Patient/ann', permissions: [] };
    const ticket = { ...asked, claims: { party }, issuedAt: at, expiresAt: plusSeconds(at, 300) };
    const [hash, next, until] = [randomUUID(), randomUUID(), plusSeconds(at, 900)];
    const poll = { intervalSeconds: 60, polledAt: plusSeconds(at, 1) };
    const renew = async () => await tickets.renew(hash, { secretHash: next, expiresAt: until }, poll);
    await tickets.issue(hash, ticket);
    expect(await renew()).toBe(false);
    expect(await tickets.consume(hash, at)).toBeDefined();
    expect(await renew()).toBe(false);
    await submittedRequests.submit({ process, ...submitted }, plenty, live);
    expect([await renew(), await renew()]).toEqual([true, false]);
    expect(await tickets.consume(hash, at)).toBeUndefined();
    expect(await tickets.consume(next, at)).toMatchObject({
      ticket: { ...ticket, expiresAt: until },
      submitted: poll,
    });
    expect(await tickets.consume(next, at)).toBeUndefined();
  });

  it('presents a ticket with its audience, its resources and what was put to the patient', async () => {
    const { tickets, clients, resources, submittedRequests } = stores();
    const server = aClient({ resource: `https://${randomUUID()}` });
    await clients.create(server);
    const resource = {
      id: randomUUID(),
      resourceServer: server.id,
      patient: 'Patient/ann',
      description: { resource_scopes: ['read'], name: 'a\u0000record' },
      registeredAt: at,
    };
    await resources.register(resource);
    const submitted = aSubmittedRequest();
    await submittedRequests.submit(submitted, plenty, live);
    const [hash, { process }] = [randomUUID(), submitted];
    const permissions = [resource.id, randomUUID()].map((resourceId) => ({ resourceId, scopes: ['read'] }));
    const ticket = { process, resourceServer: server.id, patient: 'Patient/ann', permissions };
    const times = { issuedAt: at, expiresAt: plusSeconds(at, 300) };
    await tickets.issue(hash, { ...ticket, ...times });
    expect(await tickets.consume(hash, at)).toEqual({
      ticket: { ...ticket, ...times },
      audience: server.resource,
      resources: [{ id: resource.id, description: resource.description }],
      submitted: { ...submitted, isStanding: false },
    });
  });
}

export function submittedRequestStoreContract(
  store: () => SubmittedRequestStore,
  clients: () => ClientStore,
): void {
  const submitted = async (given: Partial<SubmittedRequest> = {}) => {
    const client = aClient({ name: 'an app' });
    await clients().create(client);
    const request = aSubmittedRequest({ clientId: client.id, ...given });
    await store().submit(request, plenty, live);
    return request;
  };
  const page = { count: 10 };

  const most = { ofAccount: 2, ofPatient: 2, ofClient: 3 };

  it('takes in so many of a client that wait, and so many about one patient, whoever is shown them', async () => {
    const client = aClient();
    await clients().create(client);
    const [clientId, about] = [client.id, `Patient/${randomUUID()}`];
    const submit = async (given: Partial<SubmittedRequest> = {}) => {
      const request = aSubmittedRequest({ clientId, about, patient: about, ...given });
      return (await store().submit(request, most, liveAt(request.submittedAt))) ? request : undefined;
    };
    const [first] = [await submit(), await submit({ patient: 'Patient/ nobody' })];
    expect(await submit()).toBeUndefined();
    expect(await submit({ clientId: randomUUID() })).toBeDefined();
    await store().answer(first?.id ?? '', 'refused', live, []);
    expect(await submit()).toBeDefined();
    expect(await submit({ about: 'Patient/another' })).toBeDefined();
    expect(await submit({ about: 'Patient/yet-another' })).toBeUndefined();
    expect(await store().find(about, 'x')).toBeUndefined();
    // What nobody waits for any longer takes no room.
    const later = plusSeconds(at, 600);
    expect(await submit({ submittedAt: later, expiresAt: plusSeconds(later, 600) })).toBeDefined();
  });

  it('takes in so many about one patient of one account, whose noise shuts out nobody else', async () => {
    const { clientId, about } = aSubmittedRequest();
    const few = { ofAccount: 1, ofPatient: 3, ofClient: 9 };
    const submit = async (subject: string) =>
      await store().submit(aSubmittedRequest({ clientId, about, party: { ...party, subject } }), few, live);
    expect([await submit('one'), await submit('one'), await submit('another')]).toEqual([true, false, true]);
    expect([await submit('a third'), await submit('a fourth')]).toEqual([true, false]);
  });

  it('neither counts, nor lists, nor answers what nobody has polled of late', async () => {
    const one = { ofAccount: 1, ofPatient: 1, ofClient: 1 };
    const old = await submitted({ expiresAt: plusSeconds(at, 86_400) });
    const later = liveAt(plusSeconds(at, 600));
    const again = { ...aSubmittedRequest(), clientId: old.clientId, about: old.about };
    expect(await store().submit(again, one, liveAt(plusSeconds(at, 599)))).toBe(false);
    expect(await store().waiting(old.patient, later, page)).toEqual([]);
    expect(await store().answer(old.id, 'approved', later, [])).toBe(false);
    expect(await store().submit(again, one, later)).toBe(true);
  });

  it('finds a request for its patient alone', async () => {
    const request = await submitted();
    const { clientId: id } = request;
    expect(await store().find(request.patient, request.id)).toMatchObject({
      ...request,
      client: { id, name: 'an app' },
    });
    expect(await store().find('Patient/bob', request.id)).toBeUndefined();
    expect(await store().find(request.patient, randomUUID())).toBeUndefined();
  });

  it('finds nothing of a client that was disabled, nor of one that asks for such a one, and takes no answer', async () => {
    const app = aClient({ name: 'behind' });
    await clients().create(app);
    const itself = await submitted();
    const forApp = await submitted({
      patient: itself.patient,
      party: { ...itself.party, requester: { ...itself.party.requester, clientId: app.id } },
    });
    expect(await store().find(forApp.patient, forApp.id)).toMatchObject({ behindName: 'behind' });
    await clients().disable(itself.clientId, at);
    await clients().disable(app.id, at);
    for (const { id, patient } of [itself, forApp]) {
      expect(await store().find(patient, id)).toBeUndefined();
      expect(await store().answer(id, 'refused', live, [])).toBe(false);
    }
    expect(await store().waiting(itself.patient, live, page)).toEqual([]);
  });

  it('lists what waits, oldest first, in pages', async () => {
    const { patient, ...later } = await submitted({ submittedAt: plusSeconds(at, 5) });
    const sooner = await submitted({ patient });
    const answered = await submitted({ patient });
    await store().answer(answered.id, 'refused', live, []);
    await submitted({ patient, expiresAt: at });
    const ids = async (given: { count: number; after?: string }) =>
      (await store().waiting(patient, live, given)).map(({ id }) => id);
    expect(await ids(page)).toEqual([sooner.id, later.id]);
    expect(await ids({ count: 1 })).toEqual([sooner.id]);
    expect(await ids({ count: 1, after: sooner.id })).toEqual([later.id]);
    expect(await ids({ count: 1, after: randomUUID() })).toEqual([]);
    expect(await store().waiting('Patient/bob', live, page)).toEqual([]);
  });

  it('takes one answer of many at once, and none when nobody waits any longer', async () => {
    const { id, patient } = await submitted();
    const answers = Array.from({ length: 10 }, () => store().answer(id, 'approved', live, []));
    expect((await Promise.all(answers)).filter((isFirst) => isFirst)).toHaveLength(1);
    expect(await store().find(patient, id)).toMatchObject({ answer: 'approved', answeredAt: at });
    const late = await submitted();
    expect(await store().answer(late.id, 'approved', liveAt(late.expiresAt), [])).toBe(false);
  });
}

export function trustedIssuerStoreContract(store: () => TrustedIssuerStore): void {
  describe('an issuer', () => {
    it('is found as trusted last', async () => {
      const issuer = `https://${randomUUID()}.example`;
      await store().trust({ issuer, jwks: [{ kty: 'EC', kid: 'old' }], clientIds: { ours: 'theirs' } });
      const now = { issuer, jwks: [{ kty: 'EC', kid: 'new' }], clientIds: {} };
      await store().trust(now);
      expect(await store().find(issuer)).toEqual(now);
      expect(await store().list()).toContainEqual(now);
      expect(await store().find('https://nobody.example')).toBeUndefined();
      const elsewhere = { issuer, jwks: [], jwksUri: `${issuer}/jwks`, clientIds: {} };
      await store().trust(elsewhere);
      expect(await store().find(issuer)).toEqual(elsewhere);
      await store().trust(now);
      expect(await store().find(issuer)).toEqual(now);
    });
  });
}
