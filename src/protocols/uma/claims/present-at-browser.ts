/** A ticket that a browser brings: consumed at once, and followed by one for the next step (UMA Grant §5.5). */
import type { Failure } from '../../../base/failure.ts';
import type { Instant } from '../../../base/instant.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import {
  type RequestParameters,
  readParameters,
} from '../../authorization-server/authorize/read-parameters.ts';
import { nextTo } from '../../authorization-server/browser/next.ts';
import type { SignIn } from '../../authorization-server/browser/sign-in.ts';
import type { VisitorDeps } from '../../authorization-server/browser/visitor.ts';
import type { ClientStore } from '../../authorization-server/client-store.ts';
import { consumeTicket, succeedTicket, type TicketDeps } from '../ticket/ticket.ts';
import type { Presented, TicketStore } from '../ticket/ticket-store.ts';
import { claimantFailure, claimsFailure } from './failures.ts';
import { type Claimant, findClaimant } from './find-claimant.ts';

export type ClaimsDeps = TicketDeps &
  VisitorDeps & {
    readonly issuer: string;
    readonly tickets: TicketStore;
    readonly clients: Pick<ClientStore, 'find'>;
    readonly signIn: SignIn;
  };

export type AtBrowser = { readonly claimant: Claimant; readonly presented: Presented };

export const claimsPath = '/uma/claims';

/** INVARIANT: whatever is wrong with the rest, the ticket was presented, and works no more. */
export async function presentAtBrowser(
  deps: ClaimsDeps,
  query: URLSearchParams,
  at: Instant,
): Promise<Result<AtBrowser, Failure>> {
  const parameters = readParameters(query);
  const presented = await consumed(deps, parameters, at);
  const claimant = await findClaimant(deps.clients, parameters);
  if (!claimant.ok) return err(claimantFailure(claimant.failure));
  const { value: sender } = claimant;
  if (parameters.names.some(parameters.isRepeated))
    return err(claimsFailure('repeated', deps.issuer, sender));
  const { clientId } = presented?.ticket ?? {};
  if (!presented || (clientId !== undefined && clientId !== sender.client.id))
    return err(claimsFailure('ticket-not-live', deps.issuer, sender));
  return ok({ claimant: sender, presented });
}

async function consumed(
  deps: ClaimsDeps,
  { one }: RequestParameters,
  at: Instant,
): Promise<Presented | undefined> {
  const secret = one('ticket');
  return secret === undefined ? undefined : await consumeTicket(deps, secret, at);
}

/** The same request with the ticket that takes the place of the one it came with. */
export async function requestWithSuccessor(
  deps: ClaimsDeps,
  { claimant, presented }: AtBrowser,
  at: Instant,
): Promise<URLSearchParams> {
  const { client, redirectUri, state } = claimant;
  const ticket = await succeedTicket(deps, presented, { clientId: client.id }, at);
  return new URLSearchParams({
    client_id: client.id,
    ticket,
    claims_redirect_uri: redirectUri,
    ...(state === undefined ? {} : { state }),
  });
}

export const nextAfterSignIn = (request: URLSearchParams): string => nextTo(claimsPath, request);
