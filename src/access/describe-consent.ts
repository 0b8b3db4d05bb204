/** How a consent on file is spoken of to others: where it can be read, in which version. */
import { releaseOf } from '../fhir/version.ts';
import type { ConsentOnFile, Decided } from './decide-access.ts';

/** `https://consent.example.org/fhir/R5/Consent/77`, in the version it was filed in. */
export const consentUrl = (issuer: string, { id, fhirVersion }: ConsentOnFile): string =>
  `${issuer}/fhir/${releaseOf[fhirVersion]}/Consent/${id}`;

/** The consents an approval may name: one that only narrows it would tell what the patient hides. */
export const permittingConsents = ({ decision, consents }: Decided): readonly ConsentOnFile[] =>
  decision.permittedBy.flatMap((id) => consents.find((consent) => consent.id === id) ?? []);
