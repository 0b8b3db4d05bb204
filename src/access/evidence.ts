/** What a decision rests on: the consents about a patient, and the directory around everyone who plays a part. */
import type { Instant } from '../base/instant.ts';
import type { StoredResource } from '../fhir/resource.ts';

/** Everything that was looked for, found or not: asked again, it tells whether anything has changed. */
export type Lookups = {
  /** Logical ids of patients whose consents were looked for: active ones, and those without a status (EV-1, R-30). */
  readonly patients: readonly string[];
  /** `Type/id`. */
  readonly references: readonly string[];
  /** Entries of the search index: `identifier=system|value`, `practitioner=Practitioner/t` (fhir/search.ts). */
  readonly entries: readonly string[];
};

export type Evidence = {
  readonly found: readonly StoredResource[];
  readonly lookups: Lookups;
  /** More names than any directory has reason to lead to, so that nothing was kept: nobody can decide on this. */
  readonly isTooMuch?: true;
  /** Made of the rows that were found: equal to what `stamps` says as long as the lookups find the same. */
  readonly stamp: string;
};

/** Each in one round trip, however much is asked; answers in order. `asOf`: as it stood at that instant. */
export type ReadEvidence = {
  /**
   * By the logical id of a patient: all records of the same person (`Patient.link`, either way), the Groups they are
   * listed in, and the consents about any of these (EV-4). Whether a membership counts is not asked here.
   */
  ofPatients(patients: readonly string[], asOf?: Instant): Promise<readonly Evidence[]>;
  /**
   * The resources named by reference (`Type/id`) or identifier (`system|value`), everything they lead to (parent
   * organizations, the parts of a role), and the roles of the practitioners among them. Never a consent.
   */
  around(seeds: readonly (readonly string[])[], asOf?: Instant): Promise<readonly Evidence[]>;
  /** What the lookups find now, in the words of `Evidence.stamp`. */
  stamps(lookups: readonly Lookups[]): Promise<readonly string[]>;
};
