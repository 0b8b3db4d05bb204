/** The consents that may bear on a decision. */
import type { StoredResource } from '../fhir/resource.ts';

export type ConsentsOfPatient = {
  /** Active ones, and those without a status (EV-1, R-30), by the logical ids of their patients. */
  mayBeInForce(patients: readonly string[]): Promise<readonly StoredResource[]>;
};
