// An app that somebody at the hospital works with. It knows two servers by name, and takes a ticket to no other.

import type { JsonObject } from '../../../../src/base/json.ts';
import { approvalTokenFormat, discover, idTokenFormat } from '../../../../src/sdk/index.ts';
import { type Credentials, type KeyPair, proof } from './credentials.ts';
import { bearer, exchange, patience, postForm, postJson, type Seen } from './exchange-http.ts';
import { beParty } from './party.ts';

export type AppSettings = {
  readonly keys: KeyPair;
  readonly hospital: string;
  readonly consents: string;
  readonly recordServer: string;
  readonly clientIdAtHospital: string;
  readonly clientIdAtConsents?: string;
  readonly user: { readonly username: string; readonly password: string; readonly purpose: string };
};

export type Ticket = { readonly asUri: string; readonly ticket: string };

export type ClinicApp = {
  readonly open: (settings: AppSettings) => Promise<void>;
  /** Reads with the token, or without one to learn where to get one. */
  readonly read: (request: { readonly path: string; readonly token?: string }) => Promise<Seen>;
  /** Takes the record server's ticket to the hospital, with a sign-in of the user. */
  readonly askHospital: (ticket: Ticket) => Promise<Seen>;
  /** Takes the referral's ticket to the consent authority, with a claim token about the user and the purpose. */
  readonly askConsents: (ticket: Ticket) => Promise<Seen & { readonly claimToken: string }>;
  /** Takes the approval back to the hospital. */
  readonly present: (approval: Ticket & { readonly rpt: string }) => Promise<Seen>;
};

const umaTicketGrant = 'urn:ietf:params:oauth:grant-type:uma-ticket';

function clinicApp(): ClinicApp {
  let settings: AppSettings | undefined;
  const known = (): AppSettings => settings ?? fail('the app is not set up yet');

  const read: ClinicApp['read'] = async ({ path, token }) =>
    await exchange(`${known().recordServer}${path}`, { headers: bearer(token) });

  async function askHospital({ asUri, ticket }: Ticket): Promise<Seen> {
    const { hospital, clientIdAtHospital, keys } = known();
    if (asUri !== hospital) fail(`ticket for \`${asUri}\`, which is not our hospital`);
    const claim = { token: await signIn(known(), hospital), format: idTokenFormat };
    return await redeem(`${hospital}/token`, hospital, { clientId: clientIdAtHospital, keys }, ticket, claim);
  }

  async function askConsents({ asUri, ticket }: Ticket): Promise<Seen & { readonly claimToken: string }> {
    const { consents, clientIdAtConsents: clientId, keys } = known();
    // T2: a ticket goes only to an authority known by name, whose metadata says the same.
    if (asUri !== consents || clientId === undefined) return fail(`referred to \`${asUri}\`, a stranger`);
    const authority = await discover(consents, patience);
    if (!authority.ok) return fail(authority.failure.detail);
    const claimToken = await signIn(known(), consents);
    const claim = { token: claimToken, format: idTokenFormat };
    const seen = await redeem(authority.value.tokenEndpoint, consents, { clientId, keys }, ticket, claim);
    return { ...seen, claimToken };
  }

  async function present({ asUri, ticket, rpt }: Ticket & { readonly rpt: string }): Promise<Seen> {
    const { hospital, clientIdAtHospital, keys } = known();
    if (asUri !== hospital) fail(`approval for \`${asUri}\`, which is not our hospital`);
    const claim = { token: rpt, format: approvalTokenFormat };
    return await redeem(`${hospital}/token`, hospital, { clientId: clientIdAtHospital, keys }, ticket, claim);
  }

  async function open(given: AppSettings): Promise<void> {
    settings = given;
  }

  return { open, read, askHospital, askConsents, present };
}

/** UMA Grant §3.3.1. */
async function redeem(
  endpoint: string,
  issuer: string,
  credentials: Credentials,
  ticket: string,
  claim: { readonly token: string; readonly format: string },
): Promise<Seen> {
  return await postForm(endpoint, {
    grant_type: umaTicketGrant,
    ticket,
    claim_token: claim.token,
    claim_token_format: claim.format,
    ...(await proof(credentials, issuer)),
  });
}

async function signIn({ hospital, user }: AppSettings, audience: string): Promise<string> {
  const { body } = await postJson(`${hospital}/sign-in`, { ...user, audience } satisfies JsonObject);
  return String(body['id_token']);
}

function fail(why: string): never {
  throw new Error(why);
}

await beParty(clinicApp);
