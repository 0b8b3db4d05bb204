/** Whether a client may ask about a patient at all; outside its registration everybody is unknown (interfaces.md, Scopes). */
import type { Caller } from './caller.ts';
import type { FindPatient, PatientOnFile } from './find-on-file.ts';

export type Limits = Pick<Caller, 'patients' | 'organizations'>;

/** A patient named in the registration is in reach; otherwise one of an organization named there; without limits, all. */
export function isWithin(limits: Limits, patient: PatientOnFile): boolean {
  if (limits.patients) return limits.patients.includes(patient.reference);
  if (!limits.organizations) return true;
  return patient.organization !== undefined && limits.organizations.includes(patient.organization);
}

/** Whether the patient is on file and in reach at this moment: records move, and are deleted. */
export async function isInReach(
  findPatient: FindPatient,
  limits: Limits,
  reference: string,
): Promise<boolean> {
  const patient = await findPatient(reference);
  return patient !== undefined && isWithin(limits, patient);
}

/**
 * The patient to decide about: the one named, or nobody. Deciding about nobody takes the same steps and finds no
 * consent, so that the answer does not tell the two apart.
 */
export async function patientInReach(
  findPatient: FindPatient,
  limits: Limits,
  name: string,
): Promise<string> {
  // Whoever may ask about everybody learns nothing from a look-up: of an unknown patient there is no consent.
  if (!limits.patients && !limits.organizations && isReference(name)) return name;
  const patient = await findPatient(name);
  return patient && isWithin(limits, patient) ? patient.reference : nobody;
}

const isReference = (name: string): boolean => /^Patient\/[A-Za-z0-9\-.]{1,64}$/.test(name);

/** A name that no reference can have, since an id has no space in it. */
export const nobody = 'Patient/ nobody';
