/** What the directory said when the question was asked: who is who, who belongs where. */

import { asInstant, type Instant } from '../base/instant.ts';
import type { JsonObject } from '../base/json.ts';
import { addTo } from '../base/lists.ts';
import { always, contains, type Period } from '../base/period.ts';
import { readPeriod } from '../fhir/civil-time.ts';
import { element, elements, text } from '../fhir/read-element.ts';
import {
  type Identifier,
  identifierToken,
  namesOfReference,
  readIdentifier,
  readReference,
} from '../fhir/reference.ts';
import type { Resource, StoredResource } from '../fhir/resource.ts';

export type Directory = {
  /** By `Type/id`. */
  readonly entries: ReadonlyMap<string, StoredResource>;
  /** `Type/id` of every entry that bears an identifier, by `system|value`. */
  readonly byIdentifier: ReadonlyMap<string, readonly string[]>;
  /** PractitionerRoles by every name they give their practitioner. */
  readonly rolesOf: ReadonlyMap<string, readonly StoredResource[]>;
  /** Below these absolute references are ours. */
  readonly ownBases: readonly string[];
};

export function directoryOf(
  resources: readonly StoredResource[],
  { ownBases }: { readonly ownBases: readonly string[] },
): Directory {
  const entries = new Map(resources.map((stored) => [`${stored.type}/${stored.id}`, stored]));
  const byIdentifier = new Map<string, string[]>();
  const rolesOf = new Map<string, StoredResource[]>();
  for (const [reference, stored] of entries) {
    for (const identifier of identifiersOf(stored.resource))
      addTo(byIdentifier, identifierToken(identifier), reference);
    if (stored.type !== 'PractitionerRole') continue;
    for (const name of namesIn({ ownBases }, stored.resource, 'practitioner')) addTo(rolesOf, name, stored);
  }
  return { entries, byIdentifier, rolesOf, ownBases };
}

export const identifiersOf = (resource: Resource | undefined): readonly Identifier[] =>
  elements(resource, 'identifier').flatMap((each) => readIdentifier(each) ?? []);

/** Every name of the organization and of all above it; a chain that closes on itself ends there. */
export function withParents(directory: Directory, organization: string): readonly string[] {
  const chain = new Set([organization]);
  // A set goes on to what is added on the way.
  for (const name of chain)
    for (const each of namesOf(directory, [name])) {
      chain.add(each);
      for (const parent of namesIn(directory, directory.entries.get(each)?.resource, 'partOf'))
        chain.add(parent);
    }
  return [...chain];
}

/** Every name of the same parties: from reference to identifiers, to other records with these, and so on. */
export function namesOf(directory: Directory, seeds: readonly string[]): ReadonlySet<string> {
  const names = new Set(seeds);
  for (const name of names) {
    for (const reference of directory.byIdentifier.get(name) ?? []) names.add(reference);
    for (const identifier of identifiersOf(directory.entries.get(name)?.resource))
      names.add(identifierToken(identifier));
  }
  return names;
}

/** Literal and logical: `Type/id`, `system|value`. */
export function namesIn(
  { ownBases }: Pick<Directory, 'ownBases'>,
  owner: JsonObject | undefined,
  name: string,
): readonly string[] {
  const reference = element(owner, name);
  return reference ? namesOfReference(readReference(reference, ownBases)) : [];
}

/** Every role on file for somebody under any of these names, past and present. */
export const rolesOnFile = (directory: Directory, names: Iterable<string>): readonly StoredResource[] => [
  ...new Set([...names].flatMap((name) => directory.rolesOf.get(name) ?? [])),
];

/** A role that was given up, has ended or not begun is held by nobody. */
export const isHeldAt = ({ resource }: StoredResource, at: Instant, timezone: string): boolean =>
  isActive(resource) && contains(periodOf(resource, timezone), at);

/** In use: not marked otherwise, by either element that says so. */
export function isActive(resource: Resource): boolean {
  const status = text(resource, 'status');
  return resource['active'] !== false && (status === undefined || status === 'active');
}

/** A period that cannot be read has no moment inside. */
export function periodOf(owner: JsonObject, timezone: string): Period {
  const period = element(owner, 'period') ?? element(owner, 'coveragePeriod');
  return period ? (readPeriod(period, timezone) ?? never) : always;
}

const never: Period = { start: asInstant(1), end: asInstant(0) };
