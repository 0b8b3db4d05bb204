/** Whom a decision must know: the requesters, and everyone the consents name. */

import type { AccessRequest } from '../decision/request.ts';
import { identifierToken, namesOfReference, referencesAnywhere, valueToken } from '../fhir/reference.ts';
import type { StoredResource } from '../fhir/resource.ts';
import type { AccessSettings } from './settings.ts';

/** References and identifier tokens, each once. */
export function seedsOf(
  requests: readonly AccessRequest[],
  consents: readonly StoredResource[],
  { ownBases, custodian }: AccessSettings,
): readonly string[] {
  const asked = requests.flatMap(({ patient, requester }) => [
    patient,
    ...[requester.reference, requester.organization].filter((name) => name !== undefined),
    ...(requester.identifiers ?? []).map(identifierToken),
    ...(requester.clientId === undefined ? [] : [valueToken(requester.clientId)]),
  ]);
  const named = consents
    .flatMap(({ resource }) => referencesAnywhere(resource, ownBases))
    .flatMap(namesOfReference);
  return [...new Set([...asked, ...named, ...(custodian === undefined ? [] : [custodian])])];
}
