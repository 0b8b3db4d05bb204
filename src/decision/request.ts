/** The question: may this requester, for these purposes, do this with this patient's data, at this moment? */
import type { Instant } from '../base/instant.ts';
import type { Coding } from '../fhir/coding.ts';
import type { Identifier } from '../fhir/reference.ts';
import type { ResourceFacts } from './facts.ts';

export const actions = ['collect', 'access', 'use', 'disclose', 'correct'] as const;
/** Codes of http://terminology.hl7.org/CodeSystem/consentaction. */
export type Action = (typeof actions)[number];

export const requesterTypes = [
  'practitioner',
  'organization',
  'patient',
  'related-person',
  'device',
  'client',
] as const;
export type RequesterType = (typeof requesterTypes)[number];

export type Requester = {
  readonly type: RequesterType;
  /** `Practitioner/t`, where the requester is in our directory. */
  readonly reference?: string;
  readonly identifiers?: readonly Identifier[];
  /** The organization on whose behalf the requester asks: a reference, `Organization/h`. */
  readonly organization?: string;
  readonly roles?: readonly Coding[];
  readonly clientId?: string;
};

export type AccessRequest = {
  /** `Patient/ann`. */
  readonly patient: string;
  readonly requester: Requester;
  readonly action: Action;
  /** v3 PurposeOfUse codes; empty when none was stated. */
  readonly purposes: readonly string[];
  /** The types asked for; absent means any. */
  readonly resourceTypes?: readonly string[];
  readonly breakGlass?: { readonly reason?: string; readonly acknowledged?: boolean };
  /** Consents of these categories alone are asked (EV-5); absent means all that are about sharing data. */
  readonly categories?: readonly Coding[];
  /** The one resource it is about; absent means whatever there is of the patient. */
  readonly resource?: ResourceFacts;
  readonly at: Instant;
};
