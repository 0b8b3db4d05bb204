// What the hospital's administrator configured: who its apps and staff are, and which authority keeps the consents.

import type { Coding } from '../../../../../src/sdk/index.ts';
import type { KeyPair } from '../credentials.ts';

export type HospitalSettings = {
  /** Signs tokens about staff, as their identity provider. */
  readonly keys: KeyPair;
  readonly organizationId: string;
  readonly staff: readonly StaffMember[];
  readonly apps: readonly App[];
  readonly recordServer: { readonly clientId: string; readonly publicJwk: KeyPair['publicJwk'] };
  /** The hospital's own standing at the consent authority. */
  readonly consents: { readonly issuer: string; readonly clientId: string; readonly keys: KeyPair };
};

export type StaffMember = {
  readonly username: string;
  readonly password: string;
  /** `sub` of every token about this person. */
  readonly subject: string;
  readonly personId?: string;
  readonly roles: readonly Coding[];
  /** Which purposes the hospital lets this person claim (IHE PCF: decided before consent is asked). */
  readonly purposes: readonly string[];
};

export type App = {
  readonly clientId: string;
  readonly publicJwk: KeyPair['publicJwk'];
  /** The same app's client_id at the consent authority (D8). */
  readonly clientIdAtConsents?: string;
  /** Whether the app fetches approvals itself, or the hospital asks for them on its behalf. */
  readonly approval: 'referral' | 'back-channel';
  /** What the organization lets the app do, whatever a patient would allow (D5). */
  readonly scopes: readonly string[];
};

/** The hospital's words for what Headwater calls `patient/Observation.rs`; nothing else is translated (T5). */
export const scopeMap = {
  'patient/Observation.rs': ['observation.read'],
  'patient/Condition.rs': ['condition.read'],
} as const;

/** What the record server does with obligations; it stores nothing, so there is little to honour. */
export const understoodObligations = ['NORDSCLCD', 'PERSISTLABEL', 'AUDIT'].map(
  (code) => `http://terminology.hl7.org/CodeSystem/v3-ActCode#${code}`,
);

export const umaTicketGrant = 'urn:ietf:params:oauth:grant-type:uma-ticket';
