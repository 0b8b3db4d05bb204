/** How a stored consent is spoken of to others: where it can be read, and which policies it stands on. */
import { element, elements, text } from '../fhir/read-element.ts';
import type { StoredResource } from '../fhir/resource.ts';
import { isR5, releaseOf } from '../fhir/version.ts';
import type { Decided } from './decide-access.ts';

/** `https://consent.example.org/fhir/R5/Consent/77`, in the version it was filed in. */
export const consentUrl = (issuer: string, { id, fhirVersion }: StoredResource): string =>
  `${issuer}/fhir/${releaseOf[fhirVersion]}/Consent/${id}`;

/** `Consent.policy.uri` (R4) or `Consent.policyBasis.url` (R5). */
export function policiesOf({ resource, fhirVersion }: StoredResource): readonly string[] {
  if (!isR5(fhirVersion)) return elements(resource, 'policy').flatMap((policy) => text(policy, 'uri') ?? []);
  const url = text(element(resource, 'policyBasis'), 'url');
  return url === undefined ? [] : [url];
}

/** The consents an approval may name: one that only narrows it would tell what the patient hides. */
export const permittingConsents = ({ decision, consents }: Decided): readonly StoredResource[] =>
  decision.permittedBy.flatMap((id) => consents.find((consent) => consent.id === id) ?? []);
