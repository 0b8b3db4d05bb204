/** Whether a patient is, at this moment, one that each of these clients is registered for (interfaces.md, Scopes). */
import type { FindPatient } from '../../../access/find-on-file.ts';
import { isWithin, type Limits } from '../../../access/patient-in-reach.ts';

export type ReachDeps = { readonly findPatient: FindPatient };

/** Asked anew at every step: the patient's organization may have changed, or the registration. */
export async function isWithinRegistrations(
  { findPatient }: ReachDeps,
  patient: string,
  registrations: readonly Limits[] | Promise<readonly Limits[]>,
): Promise<boolean> {
  const [onFile, all] = await Promise.all([findPatient(patient), registrations]);
  return onFile !== undefined && all.every((limits) => isWithin(limits, onFile));
}
