/** Whom a decision must know: the requester, and everyone the consents name. */
import type { Requester } from '../decision/request.ts';
import type { DecisionSettings } from '../decision/settings.ts';
import { identifierToken, namesOfReference, referencesAnywhere, valueToken } from '../fhir/reference.ts';
import type { StoredResource } from '../fhir/resource.ts';

/** References and identifier tokens, each once. */
export const seedsOfRequester = (requester: Requester): readonly string[] =>
  once([
    ...[requester.reference, requester.organization].filter((name) => name !== undefined),
    ...(requester.identifiers ?? []).map(identifierToken),
    ...(requester.clientId === undefined ? [] : [valueToken(requester.clientId)]),
  ]);

/** And whoever holds the data. */
export const seedsOfConsents = (
  consents: readonly StoredResource[],
  { ownBases, custodian }: DecisionSettings,
): readonly string[] =>
  once([
    ...consents.flatMap(({ resource }) => referencesAnywhere(resource, ownBases)).flatMap(namesOfReference),
    ...(custodian === undefined ? [] : [custodian]),
  ]);

const once = (names: readonly string[]): readonly string[] => [...new Set(names)];
