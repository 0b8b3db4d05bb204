/** Writes down what a user authorized, and gives out the code that its client redeems for tokens (RFC 6749 §4.1.2). */
import { sha256 } from '../../access/digest.ts';
import type { RandomBytes } from '../../base/clock.ts';
import { randomId, randomSecret } from '../../base/ids.ts';
import { type Instant, plusSeconds } from '../../base/instant.ts';
import type { Authorization, AuthorizationStore } from './authorization-store.ts';
import type { Client } from './client.ts';
import { grantTypes } from './grants.ts';

export type Authorized = {
  readonly client: Client;
  /** `Patient/ann`: who authorized it, and whose record it is about. */
  readonly patient: string;
  readonly scopes: readonly string[];
  /** RFC 8707; empty: our own APIs. */
  readonly resources: readonly string[];
  readonly redirectUri: string;
  readonly isRedirectNamed: boolean;
  /** S256 (RFC 7636 §4.2). */
  readonly codeChallenge: string;
  readonly at: Instant;
};

/** INVARIANT: the caller has checked that the client is registered for what is authorized; nobody asks again. */
export type IssueCode = (authorized: Authorized) => Promise<string>;

export type IssueCodeDeps = {
  readonly authorizations: Pick<AuthorizationStore, 'begin'>;
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
  ({ authorizations, random }: IssueCodeDeps): IssueCode =>
  async ({ client, patient, scopes, resources, redirectUri, isRedirectNamed, codeChallenge, at }) => {
    const code = randomSecret(random);
    const life = staysRefreshable(client, scopes) ? offlineSeconds : attendedSeconds;
    await authorizations.begin(
      {
        id: randomId(random),
        clientId: client.id,
        patient,
        scopes,
        resources,
        authorizedAt: at,
        expiresAt: plusSeconds(at, life),
      },
      sha256(code),
      { clientId: client.id, redirectUri, isRedirectNamed, codeChallenge },
    );
    return code;
  };

/** From when on a code brings nothing, used or not. */
export const codeEnd = ({ authorizedAt }: Pick<Authorization, 'authorizedAt'>): Instant =>
  plusSeconds(authorizedAt, codeSeconds);

/** Whether a refresh token is given beside an access token: the patient agreed, and the client is registered for it. */
export const staysRefreshable = (client: Pick<Client, 'grants'>, scopes: readonly string[]): boolean =>
  scopes.includes(offlineScope) && client.grants.includes(grantTypes.refreshToken);
