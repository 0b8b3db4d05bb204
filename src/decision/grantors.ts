/** Whether whoever gave a consent could give it (consent-decisioning.md PR-1). */
import type { Consent, Defect } from '../consent/consent.ts';
import { namesOfReference, type Reference } from '../fhir/reference.ts';
import type { Directory } from './directory.ts';
import { namesOf } from './identities.ts';

/** An absent grantor is taken to be the patient (C-3); anyone else needs an authority that is not on file yet. */
export function grantorDefects(consent: Consent, directory: Directory): readonly Defect[] {
  const { grantors, patient } = consent;
  if (grantors.length === 0 || grantors.some((grantor) => isPatient(grantor, patient, directory))) return [];
  return [{ reason: 'grantor-without-authority', detail: 'no authority of its grantor is on file' }];
}

/** The patient is compared by `Type/id`, wherever the reference points. */
function isPatient(grantor: Reference, patient: string | undefined, directory: Directory): boolean {
  if (patient === undefined) return false;
  const isElsewhere = grantor.foreign?.endsWith(`/${patient}`) ?? false;
  return isElsewhere || namesOf(directory, namesOfReference(grantor)).has(patient);
}
