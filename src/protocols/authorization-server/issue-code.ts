/** Writes down what a user authorized, and gives out the code that its client redeems for tokens (RFC 6749 §4.1.2). */
import { sha256 } from '../../access/digest.ts';
import type { AuditLog } from '../../audit/audit-log.ts';
import type { RandomBytes } from '../../base/clock.ts';
import { randomId, randomSecret } from '../../base/ids.ts';
import { type Instant, plusSeconds } from '../../base/instant.ts';
import type { Transact } from '../../base/transact.ts';
import type { Authorization, AuthorizationStore } from './authorization-store.ts';
import type { Client } from './client.ts';
import { grantTypes } from './grants.ts';
import { type PatientsWord, recordOfWord } from './record-authorization.ts';

/** The patient, whose record it is about, said yes. */
export type Authorized = PatientsWord & {
  readonly client: Client;
  readonly redirectUri: string;
  readonly isRedirectNamed: boolean;
  /** S256 (RFC 7636 §4.2). */
  readonly codeChallenge: string;
};

/** INVARIANT: the caller has checked that the client is registered for what is authorized; nobody asks again. */
export type IssueCode = (authorized: Authorized) => Promise<string>;

export type IssueCodeDeps = {
  readonly transact: Transact<{
    readonly authorizations: Pick<AuthorizationStore, 'begin'>;
    readonly audit: AuditLog;
  }>;
  readonly random: RandomBytes;
};

/** The scope with which a client asks to go on while the user is away (OpenID Connect Core §11). */
export const offlineScope = 'offline_access';

const codeSeconds = 60;
/** Without a refresh token nothing outlives the one access token that the code brings, the longest of which is a PAT. */
export const attendedSeconds = codeSeconds + 3600;
/** However often it is refreshed: a year after saying yes, the patient is asked again. */
export const offlineSeconds = 365 * 86_400;

export const createIssueCode =
  ({ transact, random }: IssueCodeDeps): IssueCode =>
  async (authorized) => {
    const { client, patient, scopes, resources, redirectUri, isRedirectNamed, codeChallenge, at } =
      authorized;
    const code = randomSecret(random);
    const codeHash = sha256(code);
    const life = staysRefreshable(client, scopes) ? offlineSeconds : attendedSeconds;
    const authorization = {
      id: randomId(random),
      clientId: client.id,
      patient,
      scopes,
      resources,
      authorizedAt: at,
      expiresAt: plusSeconds(at, life),
    };
    const bound = { clientId: client.id, redirectUri, isRedirectNamed, codeChallenge };
    await transact(async ({ authorizations, audit }) => {
      await authorizations.begin(authorization, codeHash, bound);
      await audit.append([recordOfWord(random, authorized, authorization)]);
    });
    return code;
  };

/** Codes of authorizations since then are not over yet. */
export const codesSince = (at: Instant): Instant => plusSeconds(at, -codeSeconds);

/** From when on a code brings nothing, used or not. */
export const codeEnd = ({ authorizedAt }: Pick<Authorization, 'authorizedAt'>): Instant =>
  plusSeconds(authorizedAt, codeSeconds);

/** Whether a refresh token is given beside an access token: the patient agreed, and the client is registered for it. */
export const staysRefreshable = (client: Pick<Client, 'grants'>, scopes: readonly string[]): boolean =>
  scopes.includes(offlineScope) && client.grants.includes(grantTypes.refreshToken);
