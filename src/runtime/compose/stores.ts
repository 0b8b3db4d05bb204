/** The stores over a database, or over one transaction on it. */
import { indexEntry } from '../../audit/index-entry.ts';
import type { RandomBytes } from '../../base/clock.ts';
import { lazily } from '../../base/lazily.ts';
import { approvalStore } from '../../storage/approvals.ts';
import { auditLog, auditReader } from '../../storage/audit-log.ts';
import { authorizationStore } from '../../storage/authorizations.ts';
import { clientStore, usedAssertions } from '../../storage/clients.ts';
import type { Database } from '../../storage/database.ts';
import { readEvidence } from '../../storage/evidence.ts';
import { issuanceStore } from '../../storage/issuances.ts';
import { pctStore } from '../../storage/pcts.ts';
import { resourceStore } from '../../storage/resources.ts';
import { sessionStore } from '../../storage/sessions.ts';
import { signingKeyStore } from '../../storage/signing-keys.ts';
import { submittedRequestStore } from '../../storage/submitted-requests.ts';
import { ticketStore } from '../../storage/tickets.ts';
import { tokenStore } from '../../storage/tokens.ts';
import { trustedIssuerStore } from '../../storage/trusted-issuers.ts';
import { registeredResourceStore } from '../../storage/uma-resources.ts';

/** Each prepares its statements when it is made, and a transaction touches two or three of them. */
export function storesOver(database: Database, random: RandomBytes) {
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
    approvals: () => approvalStore(database),
    issuances: () => issuanceStore(database, { random, index: indexEntry }),
    pcts: () => pctStore(database),
    submittedRequests: () => submittedRequestStore(database, deps),
    trustedIssuers: () => trustedIssuerStore(database),
    registeredResources: () => registeredResourceStore(database, deps),
  });
}
