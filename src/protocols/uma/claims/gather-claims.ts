/** The claims interaction endpoint (UMA Grant §3.3.2): asks whoever is at the browser whether they ask for themselves. */
import type { Reply } from '../../../base/endpoint.ts';
import type { Failure } from '../../../base/failure.ts';
import type { Instant } from '../../../base/instant.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { describeDestination, formTargetOf } from '../../authorization-server/authorize/destination.ts';
import { formTokenOf } from '../../authorization-server/browser/form-token.ts';
import { signOutPath } from '../../authorization-server/browser/sign-out.ts';
import { recognizeVisitor, type Visitor } from '../../authorization-server/browser/visitor.ts';
import { claimsFailure } from './failures.ts';
import {
  type AtBrowser,
  type ClaimsDeps,
  claimsPath,
  nextAfterSignIn,
  presentAtBrowser,
  requestWithSuccessor,
} from './present-at-browser.ts';
import type { ClaimsPages } from './view.ts';

export type GatherDeps = ClaimsDeps & { readonly pages: ClaimsPages };

export type BrowserCall = { readonly headers: Headers; readonly at: Instant };

export async function gatherClaims(
  deps: GatherDeps,
  query: URLSearchParams,
  { headers, at }: BrowserCall,
): Promise<Result<Reply, Failure>> {
  const asked = await presentAtBrowser(deps, query, at);
  if (!asked.ok) return asked;
  const visitor = await recognizeVisitor(deps, headers, at);
  return await askVisitor(deps, asked.value, visitor, at);
}

/** Signing in first, where nobody has: the ticket that follows comes back with them. */
export async function askVisitor(
  deps: GatherDeps,
  asked: AtBrowser,
  visitor: Visitor,
  at: Instant,
): Promise<Result<Reply, Failure>> {
  const { claimant } = asked;
  const request = await requestWithSuccessor(deps, asked, at);
  const formTargets = [formTargetOf(claimant.redirectUri)];
  const next = nextAfterSignIn(request);
  const { patient } = visitor;
  if (patient === undefined) {
    const signingIn = await deps.signIn.ask({ visitor, next, formTargets });
    return signingIn.ok ? signingIn : err(claimsFailure('nobody-signs-in', deps.issuer, claimant));
  }
  const formToken = { form_token: formTokenOf(visitor) };
  const html = deps.pages.claims({
    app: claimant.client.name,
    patient,
    destination: describeDestination(claimant.redirectUri),
    say: { action: `${deps.issuer}${claimsPath}`, hidden: { ...formToken, request: request.toString() } },
    signOut: { action: `${deps.issuer}${signOutPath}`, hidden: { ...formToken, next } },
  });
  return ok({ status: 200, page: { html, formTargets }, headers: visitor.headers });
}
