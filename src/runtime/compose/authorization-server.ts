/** The authorization server with everything built on it: grants, pages, UMA, and what patients are asked. */
import { recordInTurns } from '../../access/record-in-turns.ts';
import type { Endpoint } from '../../base/endpoint.ts';
import { authorizePage } from '../../pages/authorize.ts';
import { claimsPage } from '../../pages/claims.ts';
import { signedOutPage } from '../../pages/signed-out.ts';
import { authorizeEndpoints } from '../../protocols/authorization-server/authorize/routes.ts';
import { visitCookie } from '../../protocols/authorization-server/browser/cookie.ts';
import { clientCredentialsGrant } from '../../protocols/authorization-server/client-credentials.ts';
import { describeAccess } from '../../protocols/authorization-server/describe-access.ts';
import { createIssueCode } from '../../protocols/authorization-server/issue-code.ts';
import { discoveryDocument } from '../../protocols/authorization-server/metadata.ts';
import { authorizationCodeGrant } from '../../protocols/authorization-server/redeem-code.ts';
import { refreshTokenGrant } from '../../protocols/authorization-server/refresh-access.ts';
import { revokeAccessToken, revokeRefreshToken } from '../../protocols/authorization-server/revoke-token.ts';
import { authorizationServerEndpoints } from '../../protocols/authorization-server/routes.ts';
import { describeApproval } from '../../protocols/cascade/describe-approval.ts';
import { cascadeMetadata } from '../../protocols/cascade/metadata.ts';
import { fileConsent } from '../../protocols/fhir-api/write/file-consent.ts';
import { claimsEndpoints } from '../../protocols/uma/claims/routes.ts';
import { umaGrant } from '../../protocols/uma/grant/redeem-ticket.ts';
import { umaMetadata } from '../../protocols/uma/metadata.ts';
import { revokePct } from '../../protocols/uma/party/pct.ts';
import { describeRpt } from '../../protocols/uma/protection/describe-rpt.ts';
import { umaEndpoints } from '../../protocols/uma/routes.ts';
import { userEndpoints } from '../../protocols/uma/submitted/user-routes.ts';
import type { Parts } from './parts.ts';
import type { Shared } from './shared.ts';
import { signInFor } from './sign-in.ts';

export function authorizationServerOf(parts: Parts, shared: Shared) {
  const { issuer } = shared;
  const uma = { ...shared, resources: shared.registeredResources, record: recordInTurns(shared.audit) };
  const grants = [
    authorizationCodeGrant(shared),
    refreshTokenGrant(shared),
    clientCredentialsGrant(shared),
    umaGrant(uma),
  ];
  const revoke = [revokeAccessToken(shared), revokeRefreshToken(shared), revokePct(shared)];
  const discovery = discoveryDocument(issuer, grants, [umaMetadata(issuer), cascadeMetadata(issuer)]);
  const describe = {
    access: describeAccess(shared),
    rpt: describeRpt({
      ...uma,
      transact: uma.record,
      describeApproval: describeApproval({ issuer, unlabelledAs: shared.settings.unlabelledAs }),
    }),
  };
  return {
    pages: pagesOf(parts, shared),
    oauth: authorizationServerEndpoints({ ...shared, grants, discovery, describe, revoke }),
    uma: umaEndpoints({ ...uma, discovery }),
    user: userEndpoints({ ...shared, fileConsent: fileConsent(shared) }),
  };
}

function pagesOf(parts: Parts, shared: Shared): readonly Endpoint[] {
  const cookie = visitCookie(shared.issuer);
  const signIn = signInFor(parts, { ...shared, cookie });
  const browser = {
    ...shared,
    cookie,
    signIn,
    pages: { authorize: authorizePage, claims: claimsPage, signedOut: signedOutPage },
    issueCode: createIssueCode(shared),
  };
  return [...authorizeEndpoints(browser), ...claimsEndpoints(browser), ...signIn.endpoints];
}
