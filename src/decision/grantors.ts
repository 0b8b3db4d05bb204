/** Whether whoever gave a consent could give it (consent-decisioning.md PR-1). */
import type { Consent, Defect } from '../consent/consent.ts';
import { identifierToken, type Reference, typeOfReference } from '../fhir/reference.ts';
import type { Directory } from './directory.ts';

/** An absent grantor is taken to be the patient (C-3); anyone else needs an authority that is not on file yet. */
export function grantorDefects(consent: Consent, directory: Directory): readonly Defect[] {
  if (consent.grantors.length === 0 || consent.grantors.some((grantor) => isPatient(grantor, directory)))
    return [];
  return [{ reason: 'grantor-without-authority', detail: 'no authority of its grantor is on file' }];
}

function isPatient({ local, identifier }: Reference, directory: Directory): boolean {
  const named = local ?? directory.byIdentifier.get(identifier ? identifierToken(identifier) : '')?.[0];
  return named !== undefined && typeOfReference(named) === 'Patient';
}
