// Where the hospital's own policy ends and the patient's begins: everything it does with Headwater, through the SDK.

import type { JsonObject } from '../../../../../src/base/json.ts';
import { err, ok, type Result } from '../../../../../src/base/result.ts';
import {
  acceptApproval,
  buildReferral,
  type CascadeFailure,
  connect,
  type Expectation,
  type NarrowedGrant,
  registerResource,
  requestApproval,
  requestTicket,
  reviewApproval,
  seenTokensInMemory,
  type Upstream,
  upstreamScopesFor,
  type WireResponse,
} from '../../../../../src/sdk/index.ts';
import { patience, postForm } from '../exchange-http.ts';
import { type App, type HospitalSettings, scopeMap, understoodObligations } from './settings.ts';
import type { IdentityProvider } from './sign-in.ts';
import type { Requester, Transactions, Wanted } from './transactions.ts';

/** The approval behind one of our tokens, kept to ask about it again; it never leaves this server (D14). */
export type Backing = { readonly rpt: string; readonly expectation: Expectation; readonly recordId: string };
export type Approved = { readonly grant: NarrowedGrant; readonly backing: Backing };
type Outcome<T> = Promise<Result<T, CascadeFailure>>;

/** The PAT is shown for the story's sake; a server would not hand it out. */
export type Enrolment = { readonly handle: string; readonly pat: string };

export type Asking = { readonly app: App; readonly wanted: Wanted; readonly requester: Requester };

export type Cascade = {
  /** Puts a patient's record under Headwater's protection and remembers the handle. */
  readonly enrol: (recordId: string, owner: string) => Outcome<Enrolment>;
  /** Variant A: the 403 that sends the app to Headwater, with our ticket tD2 and Headwater's tU1. */
  readonly refer: (asking: Asking) => Outcome<WireResponse>;
  /** Variant A, second half: the app is back with an RPT. */
  readonly accept: (asking: Asking, rpt: string) => Outcome<Approved>;
  /** Variant B1: we ask ourselves, vouching for the requester and naming the app. */
  readonly askInBackChannel: (asking: Asking) => Outcome<Approved>;
  readonly review: (backing: Backing) => Outcome<NarrowedGrant>;
  /** The introspection response as it comes, for the story to show. */
  readonly lookUp: (rpt: string) => Promise<JsonObject>;
};

export type CascadeParts = {
  readonly issuer: string;
  readonly settings: HospitalSettings;
  readonly transactions: Transactions;
  readonly idp: IdentityProvider;
};

export async function joinCascade({ issuer, settings, transactions, idp }: CascadeParts): Promise<Cascade> {
  const { consents } = settings;
  const key = { key: consents.keys.privateJwk, kid: consents.keys.kid };
  const connected = await connect(consents.issuer, { clientId: consents.clientId, key }, patience);
  if (!connected.ok) throw new Error(`no consent authority: ${connected.failure.detail}`);
  const upstream = connected.value;
  const seen = seenTokensInMemory();
  const handles = new Map<string, string>();

  async function enrol(recordId: string, owner: string): Outcome<Enrolment> {
    const pat = await upstream.protection.token();
    if (!pat.ok) return pat;
    const registered = await registerResource(upstream, { owner, scopes: Object.keys(scopeMap) });
    if (!registered.ok) return registered;
    handles.set(recordId, registered.value.id);
    return ok({ handle: registered.value.id, pat: pat.value });
  }

  async function refer({ app, wanted, requester }: Asking): Outcome<WireResponse> {
    const ticket = await ticketFor(upstream, handles, wanted);
    if (!ticket.ok) return ticket;
    const referral = { issuer: consents.issuer, ticket: ticket.value };
    const bound = { wanted, requester, clientId: app.clientId, upstream: referral };
    const next = transactions.open({ stage: 'referred', ...bound });
    return ok(buildReferral({ ticket: next, upstream: [referral] }));
  }

  /** `clientId` is the name under which Headwater knows whoever fetched the approval (D8). */
  const expectationFor = ({ app, wanted, requester }: Asking, clientId: string): Expectation => ({
    audience: issuer,
    resourceId: handles.get(wanted.recordId) ?? '',
    requestedScopes: wanted.scopes,
    organizationalScopes: app.scopes,
    scopeMap,
    requester: { issuer: requester.issuer, subject: requester.subject },
    clientId,
    purposes: requester.purposes,
    understoodObligations,
  });

  async function acceptAs(asking: Asking, rpt: string, clientId: string): Outcome<Approved> {
    const expectation = expectationFor(asking, clientId);
    const grant = await acceptApproval(upstream, rpt, expectation, seen);
    const { recordId } = asking.wanted;
    return grant.ok ? ok({ grant: grant.value, backing: { rpt, expectation, recordId } }) : grant;
  }

  async function accept(asking: Asking, rpt: string): Outcome<Approved> {
    const known = asking.app.clientIdAtConsents;
    if (known === undefined) return err({ reason: 'wrong-client', detail: 'the app is unknown upstream' });
    return await acceptAs(asking, rpt, known);
  }

  async function askInBackChannel(asking: Asking): Outcome<Approved> {
    const ticket = await ticketFor(upstream, handles, asking.wanted);
    if (!ticket.ok) return ticket;
    const claimToken = await idp.vouch(asking.requester, consents.issuer, asking.app.clientId);
    const rpt = await requestApproval(upstream, { ticket: ticket.value, claimToken });
    return rpt.ok ? await acceptAs(asking, rpt.value, consents.clientId) : rpt;
  }

  const review = ({ rpt, expectation }: Backing): Outcome<NarrowedGrant> =>
    reviewApproval(upstream, rpt, expectation);

  async function lookUp(rpt: string): Promise<JsonObject> {
    const pat = await upstream.protection.token();
    if (!pat.ok) throw new Error(pat.failure.detail);
    const { body } = await postForm(upstream.authority.introspectionEndpoint, { token: rpt }, pat.value);
    return body;
  }

  return { enrol, refer, accept, askInBackChannel, review, lookUp };
}

async function ticketFor(
  upstream: Upstream,
  handles: ReadonlyMap<string, string>,
  wanted: Wanted,
): Outcome<string> {
  const resourceId = handles.get(wanted.recordId);
  if (resourceId === undefined)
    return err({ reason: 'wrong-resource', detail: 'the record is not enrolled' });
  return await requestTicket(upstream, [{ resourceId, scopes: upstreamScopesFor(wanted.scopes, scopeMap) }]);
}
