/** The stores of the authorization server and of UMA, held to their contracts on PostgreSQL. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe } from 'vitest';
import { indexEntry } from '../../src/audit/index-entry.ts';
import { approvalStore } from '../../src/storage/approvals.ts';
import { authorizationStore } from '../../src/storage/authorizations.ts';
import { clientStore, usedAssertions } from '../../src/storage/clients.ts';
import { type OpenDatabase, openDatabase } from '../../src/storage/database.ts';
import { issuanceStore } from '../../src/storage/issuances.ts';
import { pctStore } from '../../src/storage/pcts.ts';
import { sessionStore } from '../../src/storage/sessions.ts';
import { signingKeyStore } from '../../src/storage/signing-keys.ts';
import { submittedRequestStore } from '../../src/storage/submitted-requests.ts';
import { ticketStore } from '../../src/storage/tickets.ts';
import { tokenStore } from '../../src/storage/tokens.ts';
import { trustedIssuerStore } from '../../src/storage/trusted-issuers.ts';
import { registeredResourceStore } from '../../src/storage/uma-resources.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import * as contracts from './authorization-stores.ts';
import { filing } from './read-evidence/filing.ts';
import * as umaContracts from './uma-stores.ts';

const deps = { random: (count: number): Uint8Array => new Uint8Array(randomBytes(count)) };

let fresh: TestDatabase;
let open: OpenDatabase;

beforeAll(async () => {
  fresh = await freshDatabase();
  open = openDatabase(fresh.url, { connections: 10 });
});
afterAll(async () => {
  await open.close();
  await fresh.drop();
});

const authorizations = () => authorizationStore(open.database, deps);
const clients = () => clientStore(open.database, deps);

describe('clients', () => contracts.clientStoreContract(clients));
describe('used assertions', () => contracts.usedAssertionsContract(() => usedAssertions(open.database)));
describe('signing keys', () => contracts.signingKeyStoreContract(() => signingKeyStore(open.database)));
describe('tokens', () =>
  contracts.tokenStoreContract(() => tokenStore(open.database, deps), clients, authorizations));
describe('authorizations', () => contracts.authorizationStoreContract(authorizations));
describe('tickets', () => umaContracts.ticketStoreContract(() => ticketStore(open.database, deps)));
describe('registered resources', () =>
  umaContracts.registeredResourceStoreContract(() => registeredResourceStore(open.database, deps)));
describe('approvals', () =>
  umaContracts.approvalStoreContract(() => ({
    approvals: approvalStore(open.database),
    issuances: issuanceStore(open.database, { ...deps, index: indexEntry }),
    clients: clients(),
    tokens: tokenStore(open.database, deps),
    pcts: pctStore(open.database),
    tickets: ticketStore(open.database, deps),
    resources: registeredResourceStore(open.database, deps),
    submittedRequests: submittedRequestStore(open.database, deps),
    filed: filing(open.database),
  })));
describe('submitted requests', () =>
  umaContracts.submittedRequestStoreContract(() => submittedRequestStore(open.database, deps), clients));
describe('trusted issuers', () =>
  umaContracts.trustedIssuerStoreContract(() => trustedIssuerStore(open.database)));
describe('sessions', () => contracts.sessionStoreContract(() => sessionStore(open.database)));
