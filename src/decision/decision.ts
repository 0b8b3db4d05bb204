/** The answer: what may be seen, why, on whose word, and for how long. */
import type { Instant } from '../base/instant.ts';
import { type Filter, none } from './filter.ts';

/** Closed list, shared with the decision cases (cases/README.md). */
export const reasons = [
  'permitted',
  'explicit-deny',
  'outside-consent-scope',
  'outside-permitted-data',
  'no-consent',
  'not-applicable',
  'implicit-policy',
  'unreadable-consent',
  'ambiguous-root',
  'btg-not-authorized',
  'minor-aged-out',
  'grantor-without-authority',
] as const;
export type Reason = (typeof reasons)[number];

/** A refusal that rests on no consent, and holds for no known time. */
export const denial = (reason: Reason): Decision => ({
  outcome: 'deny',
  reason,
  conflict: false,
  basis: [],
  permittedBy: [],
  obligations: [],
  filter: none,
  beforeLabels: none,
  holdsUntil: undefined,
  superseded: [],
  unreadable: [],
});

/** The part of a consent that decided: a JSON Pointer into the version as submitted. */
export type Basis = { readonly consent: string; readonly version: number; readonly path: string };

/** Where a person has to approve first, a permit is none yet (consent-decisioning.md O-4). */
export const awaitsApproval = ({ obligations }: Pick<Decision, 'obligations'>): boolean =>
  obligations.includes(humanApproval);

/** What is left of the obligations once that person has approved. */
export const withoutApproval = (obligations: readonly string[]): readonly string[] =>
  obligations.filter((code) => code !== humanApproval);

const humanApproval = 'HUAPRV';

export type Decision = {
  /** After the implicit policy; a permit may be partial, and then the filter says so. */
  readonly outcome: 'permit' | 'deny';
  readonly reason: Reason;
  /** Consents in force disagreed about at least one resource, whoever won (C-5). */
  readonly conflict: boolean;
  /** Most decisive first. */
  readonly basis: readonly Basis[];
  /** Ids of the consents that permit what may be seen; those that only narrow it stand in the basis alone. */
  readonly permittedBy: readonly string[];
  /** Codes of http://terminology.hl7.org/CodeSystem/v3-ActCode that whoever receives data must honour. */
  readonly obligations: readonly string[];
  readonly filter: Filter;
  /**
   * The same, but for what purposes and compartments labelled on the data limit by themselves: for forms that
   * leave reading those labels to whoever holds the data (IHE PCF).
   */
  readonly beforeLabels: Filter;
  /** The first moment at which the answer may change by itself; undefined when none is known. */
  readonly holdsUntil: Instant | undefined;
  /** Ids of consents that others took the place of: ignored, and reported (C-3). */
  readonly superseded: readonly string[];
  /** Ids of consents in force that could not be read, for the privacy office to look at. */
  readonly unreadable: readonly string[];
};
