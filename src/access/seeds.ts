/** Whom a decision must know: the requesters, and everyone the consents name. */

import { isObject, type Json } from '../base/json.ts';
import type { AccessRequest } from '../decision/request.ts';
import { identifierToken, readIdentifier, readLiteral, valueToken } from '../fhir/reference.ts';
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
  const named = consents.flatMap(({ resource }) => referencesAnywhere(resource, ownBases));
  return [...new Set([...asked, ...named, ...(custodian === undefined ? [] : [custodian])])];
}

function referencesAnywhere(value: Json | undefined, ownBases: readonly string[]): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((each) => referencesAnywhere(each, ownBases));
  if (!isObject(value)) return [];
  const { reference, identifier } = value;
  const local = typeof reference === 'string' ? readLiteral(reference, ownBases).local : undefined;
  const logical = readIdentifier(isObject(identifier) ? identifier : undefined);
  return [
    ...(local ? [local] : []),
    ...(logical ? [identifierToken(logical)] : []),
    ...Object.values(value).flatMap((member) => referencesAnywhere(member, ownBases)),
  ];
}
