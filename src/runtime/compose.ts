/** The only place that builds things: from a database, a configuration, a clock and chance to one application. */
import { createDecideAccess, createDecisionCache, type DecisionCache } from '../access/decide-access.ts';
import { readDirectory } from '../access/directory.ts';
import { createExplainAccess } from '../access/explain-access.ts';
import { type FindPatient, findByIdentifier, findPatient } from '../access/find-on-file.ts';
import { inTurns } from '../access/in-turns.ts';
import { createRateLimiter, createRateMemory, type RateMemory } from '../access/rate-limit.ts';
import { recordInTurns } from '../access/record-in-turns.ts';
import { accessSettings, type Settings } from '../access/settings.ts';
import { indexEntry } from '../audit/index-entry.ts';
import type { RandomBytes } from '../base/clock.ts';
import type { Endpoint } from '../base/endpoint.ts';
import { lazily } from '../base/lazily.ts';
import { err } from '../base/result.ts';
import { createApp, type Group, type HttpDeps } from '../http/app.ts';
import { authzenFace } from '../http/authzen-face.ts';
import { fhirFace } from '../http/fhir-face.ts';
import { healthEndpoints } from '../http/health.ts';
import type { Limits } from '../http/limited.ts';
import type { App } from '../http/mount.ts';
import { oauthFace } from '../http/oauth-face.ts';
import { pageFace } from '../http/page-face.ts';
import { problemFace } from '../http/problem-face.ts';
import { authorizePage } from '../pages/authorize.ts';
import { claimsPage } from '../pages/claims.ts';
import { developmentSignInPage } from '../pages/development-sign-in.ts';
import { signedOutPage } from '../pages/signed-out.ts';
import { authorizeEndpoints } from '../protocols/authorization-server/authorize/routes.ts';
import { visitCookie } from '../protocols/authorization-server/browser/cookie.ts';
import {
  developmentSignIn,
  isForDevelopment,
} from '../protocols/authorization-server/browser/development-sign-in.ts';
import { nobodySignsIn, type SignIn } from '../protocols/authorization-server/browser/sign-in.ts';
import type { VisitorDeps } from '../protocols/authorization-server/browser/visitor.ts';
import { clientCredentialsGrant } from '../protocols/authorization-server/client-credentials.ts';
import { describeAccess } from '../protocols/authorization-server/describe-access.ts';
import type { FetchJson } from '../protocols/authorization-server/fetch-json.ts';
import { keyedHash } from '../protocols/authorization-server/hash.ts';
import { createIssueCode } from '../protocols/authorization-server/issue-code.ts';
import { createKeyRing, type KeyRing } from '../protocols/authorization-server/key-ring.ts';
import {
  createKeySetCache,
  createKeysOf,
  type KeySetCache,
} from '../protocols/authorization-server/keys-of.ts';
import { discoveryDocument } from '../protocols/authorization-server/metadata.ts';
import { createRecognizeToken } from '../protocols/authorization-server/recognize-token.ts';
import { authorizationCodeGrant } from '../protocols/authorization-server/redeem-code.ts';
import { refreshTokenGrant } from '../protocols/authorization-server/refresh-access.ts';
import { requireScope } from '../protocols/authorization-server/require-scope.ts';
import { revokeAccessToken, revokeRefreshToken } from '../protocols/authorization-server/revoke-token.ts';
import { authorizationServerEndpoints } from '../protocols/authorization-server/routes.ts';
import { authzenEndpoints } from '../protocols/authzen/routes.ts';
import { b2bEndpoints } from '../protocols/b2b/routes.ts';
import { describeApproval } from '../protocols/cascade/describe-approval.ts';
import { cascadeMetadata } from '../protocols/cascade/metadata.ts';
import { cdsHooksEndpoints } from '../protocols/cds-hooks/routes.ts';
import { decisionEndpoints } from '../protocols/decisions/routes.ts';
import { fhirBases, ownFhirBases, usualVersion } from '../protocols/fhir-api/base.ts';
import { fhirEndpoints } from '../protocols/fhir-api/routes.ts';
import { createContinuation } from '../protocols/fhir-api/search/continuation.ts';
import { fileConsent } from '../protocols/fhir-api/write/file-consent.ts';
import { claimsEndpoints } from '../protocols/uma/claims/routes.ts';
import { describeRpt } from '../protocols/uma/describe-rpt.ts';
import { umaMetadata } from '../protocols/uma/metadata.ts';
import { revokePct } from '../protocols/uma/pct.ts';
import { umaGrant } from '../protocols/uma/redeem-ticket.ts';
import { umaEndpoints } from '../protocols/uma/routes.ts';
import { userEndpoints } from '../protocols/uma/user-routes.ts';
import { approvalStore } from '../storage/approvals.ts';
import { auditLog, auditReader } from '../storage/audit-log.ts';
import { authorizationStore } from '../storage/authorizations.ts';
import { clientStore, usedAssertions } from '../storage/clients.ts';
import type { Database } from '../storage/database.ts';
import { readEvidence } from '../storage/evidence.ts';
import { pctStore } from '../storage/pcts.ts';
import { rateLimitStore } from '../storage/rate-limits.ts';
import { resourceStore } from '../storage/resources.ts';
import { sessionStore } from '../storage/sessions.ts';
import { signingKeyStore } from '../storage/signing-keys.ts';
import { submittedRequestStore } from '../storage/submitted-requests.ts';
import { ticketStore } from '../storage/tickets.ts';
import { tokenStore } from '../storage/tokens.ts';
import { transact } from '../storage/transact.ts';
import { trustedIssuerStore } from '../storage/trusted-issuers.ts';
import { registeredResourceStore } from '../storage/uma-resources.ts';
import { pendingMigrations } from './pending-migrations.ts';

export type Parts = HttpDeps & {
  readonly database: Database;
  readonly issuer: string;
  readonly keySecret: string;
  readonly settings: Settings;
  /** What outlives this application: on Workers one is composed for each request. */
  readonly decisionCache?: DecisionCache;
  readonly keySetCache?: KeySetCache;
  readonly rateMemory?: RateMemory;
  /** Absent where `addressOf` does not tell who is asking. */
  readonly limits?: Limits;
  /** Absent: nobody is asked for keys, and whoever has them elsewhere is not believed. */
  readonly fetchJson?: FetchJson;
};

export function composeApp(parts: Parts): App {
  return createApp(compose(parts), { ...parts, ...limitingOf(parts) });
}

function compose(parts: Parts): readonly Group[] {
  const { database, issuer, random } = parts;
  const stores = storesOver(database, random);
  const keys = createKeyRing({ signingKeys: stores.signingKeys, keySecret: parts.keySecret });
  const settings = accessSettings(parts.settings, ownFhirBases(issuer));
  const cache = parts.decisionCache ?? createDecisionCache();
  const deciding = { evidence: stores.evidence, settings, random, log: parts.log, cache };
  // Whoever asks at once shares round trips; what is asked is asked after they came.
  const tokensInTurns = inTurns((ids: readonly string[]) => stores.tokens.findAll(ids));
  const recognize = createRecognizeToken({ issuer, keys });
  const common = {
    ...stores,
    issuer,
    bases: ownFhirBases(issuer),
    random,
    keys,
    keysOf: createKeysOf({
      fetchJson: parts.fetchJson ?? nobodyAsked,
      cache: parts.keySetCache ?? createKeySetCache(),
      log: parts.log,
    }),
    decide: createDecideAccess(deciding),
    explain: createExplainAccess(deciding),
    settings,
    transact: transact(database, (transaction) => storesOver(transaction, random)),
    directory: readDirectory(stores.evidence),
    findPatient: findPatient(stores.resources),
    findByIdentifier: findByIdentifier(stores.resources),
    recognize,
    pairwiseSecret: parts.keySecret,
    requireScope: requireScope({
      issuer,
      recognize,
      tokens: {
        find: async (id) => (await tokensInTurns([id]))[0],
        findBySecret: (secretHash) => stores.tokens.findBySecret(secretHash),
      },
    }),
  };
  const fhir = { ...common, continuation: createContinuation(parts.keySecret, random) };
  const authzen = { ...common, transact: recordInTurns(stores.audit), pageTokens: fhir.continuation };
  const uma = { ...common, resources: stores.registeredResources, record: recordInTurns(stores.audit) };
  const grants = [
    authorizationCodeGrant(common),
    refreshTokenGrant(common),
    clientCredentialsGrant(common),
    umaGrant(uma),
  ];
  const revoke = [revokeAccessToken(common), revokeRefreshToken(common), revokePct(common)];
  const signIn = signInFor(parts, { ...common, cookie: visitCookie(issuer) });
  const browser = {
    ...common,
    cookie: visitCookie(issuer),
    signIn,
    pages: { authorize: authorizePage, claims: claimsPage, signedOut: signedOutPage },
    issueCode: createIssueCode(common),
  };
  const discovery = discoveryDocument(issuer, grants, [umaMetadata(issuer), cascadeMetadata(issuer)]);
  const describe = {
    access: describeAccess(common),
    rpt: describeRpt({
      ...uma,
      transact: uma.record,
      describeApproval: describeApproval({ issuer, unlabelledAs: settings.unlabelledAs }),
    }),
  };
  const isReady = readiness(parts, keys);
  return [
    { endpoints: healthEndpoints({ isReady }), face: problemFace },
    // Before the other OAuth endpoints, which answer for what is not there beside both.
    {
      endpoints: [...authorizeEndpoints(browser), ...claimsEndpoints(browser), ...signIn.endpoints],
      face: pageFace,
    },
    { endpoints: authzenEndpoints(authzen), face: authzenFace },
    {
      endpoints: authorizationServerEndpoints({ ...common, grants, discovery, describe, revoke }),
      face: oauthFace,
    },
    { endpoints: umaEndpoints({ ...uma, discovery }), face: oauthFace },
    { endpoints: userEndpoints({ ...common, fileConsent: fileConsent(common) }), face: problemFace },
    { endpoints: decisionEndpoints({ ...common, transact: recordInTurns(stores.audit) }), face: problemFace },
    { endpoints: cdsHooksEndpoints({ ...common, transact: recordInTurns(stores.audit) }), face: problemFace },
    {
      endpoints: b2bEndpoints({ ...common, timezone: settings.timezone, ownBases: settings.ownBases }),
      face: oauthFace,
    },
    ...fhirBases.map((base) => ({
      endpoints: fhirEndpoints(fhir, base),
      face: fhirFace(usualVersion(base)),
    })),
  ];
}

function limitingOf({ database, keySecret, limits, log, ...parts }: Parts): Pick<HttpDeps, 'limiting'> {
  if (!limits) return {};
  const limiter = createRateLimiter({
    store: rateLimitStore(database),
    memory: parts.rateMemory ?? createRateMemory(),
    hash: (text) => keyedHash(keySecret, text),
    log,
  });
  return { limiting: { limiter, limits } };
}

const nobodyAsked: FetchJson = async () => err('unreachable');
type SignInDeps = VisitorDeps & { readonly findPatient: FindPatient };

/** Nobody, until an OpenID provider can be configured; on a developer's own machine anybody. */
function signInFor(
  { issuer, keySecret, log }: Parts,
  deps: SignInDeps,
): SignIn & { readonly endpoints: readonly Endpoint[] } {
  if (!isForDevelopment(issuer)) return { ...nobodySignsIn, endpoints: [] };
  const { endpoint, ...signIn } = developmentSignIn({
    ...deps,
    issuer,
    keySecret,
    pages: { developmentSignIn: developmentSignInPage },
    tellCode: (code) => log('sign-in.development', { code }),
  });
  return { ...signIn, endpoints: [endpoint] };
}

/** Reasons not to be asked anything: a database that does not answer or is of another version, a key that cannot sign. */
function readiness({ database, clock }: Parts, keys: KeyRing): () => Promise<boolean> {
  return async () => {
    try {
      const pending = await pendingMigrations((query) => database.execute(query));
      return pending.length === 0 && (await keys.signer(clock())) !== undefined;
    } catch {
      return false;
    }
  };
}

/** Each prepares its statements when it is made, and a transaction touches two or three of them. */
function storesOver(database: Database, random: RandomBytes) {
  const deps = { random };
  return lazily({
    resources: () => resourceStore(database, deps),
    evidence: () => readEvidence(database),
    audit: () => ({ ...auditLog(database, indexEntry), ...auditReader(database) }),
    clients: () => clientStore(database, deps),
    usedAssertions: () => usedAssertions(database),
    signingKeys: () => signingKeyStore(database),
    sessions: () => sessionStore(database),
    tokens: () => tokenStore(database, deps),
    authorizations: () => authorizationStore(database, deps),
    tickets: () => ticketStore(database, deps),
    approvals: () => approvalStore(database, deps),
    pcts: () => pctStore(database),
    submittedRequests: () => submittedRequestStore(database, deps),
    trustedIssuers: () => trustedIssuerStore(database),
    registeredResources: () => registeredResourceStore(database, deps),
  });
}
