/** What the directory said when the question was asked: who is who, who belongs where. */
import { asInstant, type Instant } from '../base/instant.ts';
import type { JsonObject } from '../base/json.ts';
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
};

export function directoryOf(resources: readonly StoredResource[]): Directory {
  const entries = new Map(resources.map((stored) => [`${stored.type}/${stored.id}`, stored]));
  const byIdentifier = new Map<string, string[]>();
  for (const [reference, { resource }] of entries) {
    for (const identifier of identifiersOf(resource)) {
      const token = identifierToken(identifier);
      byIdentifier.set(token, [...(byIdentifier.get(token) ?? []), reference]);
    }
  }
  return { entries, byIdentifier };
}

export const identifiersOf = (resource: Resource | undefined): readonly Identifier[] =>
  elements(resource, 'identifier').flatMap((each) => readIdentifier(each) ?? []);

/** The organization and all above it, nearest first; a chain that closes on itself ends there. */
export function withParents(directory: Directory, organization: string): readonly string[] {
  const chain: string[] = [];
  let next: string | undefined = organization;
  while (next !== undefined && !chain.includes(next)) {
    chain.push(next);
    next = referenceIn(directory.entries.get(next)?.resource, 'partOf');
  }
  return chain;
}

/**
 * Names of the members of a Group or CareTeam that are so at this moment. Undefined when it lists none: then it
 * is defined in another way, and nobody here can tell who belongs to it.
 */
export function currentMembers(
  group: Resource,
  at: Instant,
  timezone: string,
): readonly string[] | undefined {
  const listed = [...elements(group, 'member'), ...elements(group, 'participant')];
  if (listed.length === 0) return undefined;
  if (!isActive(group) || !contains(periodOf(group, timezone), at)) return [];
  return listed
    .filter((member) => member['inactive'] !== true && contains(periodOf(member, timezone), at))
    .flatMap((member) => [...namesIn(member, 'entity'), ...namesIn(member, 'member')]);
}

/** Literal and logical: `Type/id`, `system|value`. */
export function namesIn(owner: JsonObject | undefined, name: string): readonly string[] {
  const reference = element(owner, name);
  return reference ? namesOfReference(readReference(reference, [])) : [];
}

/** Roles on file that hold at this moment, for a practitioner. */
export function rolesOnFile(directory: Directory, practitioner: string, at: Instant, timezone: string) {
  return [...directory.entries.values()]
    .filter(
      ({ type, resource }) =>
        type === 'PractitionerRole' && referenceIn(resource, 'practitioner') === practitioner,
    )
    .filter(({ resource }) => isActive(resource) && contains(periodOf(resource, timezone), at));
}

export function isActive(resource: Resource): boolean {
  const status = text(resource, 'status');
  return resource['active'] !== false && (status === undefined || status === 'active');
}

/** A period that cannot be read has no moment inside. */
export function periodOf(owner: JsonObject, timezone: string): Period {
  const period = element(owner, 'period');
  return period ? (readPeriod(period, timezone) ?? never) : always;
}

const never: Period = { start: asInstant(1), end: asInstant(0) };

export function referenceIn(owner: JsonObject | undefined, name: string): string | undefined {
  const reference = element(owner, name);
  return reference ? readReference(reference, []).local : undefined;
}
