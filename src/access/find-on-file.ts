/** Finds the one resource of our directory that a name from outside means. */

import { element } from '../fhir/read-element.ts';
import { idOfReference, readReference } from '../fhir/reference.ts';
import { isDeletion, type StoredResource } from '../fhir/resource.ts';
import { everything, type ReadResources, type SearchResources } from '../fhir/resource-store.ts';
import { type Condition, entryOf } from '../fhir/search/search.ts';

export type PatientOnFile = {
  /** `Patient/ann`. */
  readonly reference: string;
  /** `Patient.managingOrganization`: in whose care the record stands. */
  readonly organization?: string;
};

/** By `Patient/ann` or `system|value`; undefined when nobody or more than one is meant. */
export type FindPatient = (name: string) => Promise<PatientOnFile | undefined>;

/** The reference of the one resource of the type that carries one of the identifier tokens. */
export type FindByIdentifier = (type: string, tokens: readonly string[]) => Promise<string | undefined>;

type Directory = Pick<SearchResources, 'search'>;
type DirectoryWithIds = Directory & Pick<ReadResources, 'read'>;

export const findPatient =
  (directory: DirectoryWithIds): FindPatient =>
  async (name) => {
    const found = isReference(name)
      ? await onFile(directory, idOfReference(name))
      : await findOne(directory, 'Patient', nameOf(name));
    if (!found) return undefined;
    const organization = readReference(element(found.resource, 'managingOrganization') ?? {}, []).local;
    return { reference: `Patient/${found.id}`, ...(organization === undefined ? {} : { organization }) };
  };

export const findByIdentifier =
  (directory: Directory): FindByIdentifier =>
  async (type, tokens) => {
    const sound = tokens.filter((token) => !/\p{Cc}/u.test(token));
    if (sound.length === 0) return undefined;
    const found = await findOne(directory, type, byIdentifier(sound));
    return found && `${type}/${found.id}`;
  };

/** Tokens as `identifierToken` writes them. */
export const byIdentifier = (tokens: readonly string[]): Condition => ({
  kind: 'entry',
  any: tokens.map((token) => entryOf.reference('identifier', token)),
});

/** Nothing is looked for under a name that no patient could have been filed under. */
function nameOf(name: string): Condition {
  return /\p{Cc}/u.test(name) || !name.includes('|') ? nothing : byIdentifier([name]);
}
const isReference = (name: string): boolean => /^Patient\/\P{Cc}*$/u.test(name);
const nothing: Condition = { kind: 'id', any: [] };

/** By id it is a single look-up, which costs a small part of a search. */
async function onFile(directory: DirectoryWithIds, id: string): Promise<StoredResource | undefined> {
  const newest = await directory.read('Patient', id, everything);
  return newest === undefined || isDeletion(newest) ? undefined : newest;
}

/** INVARIANT: a name that fits two is nobody's, so that nobody is taken for another. */
async function findOne(
  directory: Directory,
  type: string,
  condition: Condition,
): Promise<StoredResource | undefined> {
  const page = { count: 2, total: false };
  const { items } = await directory.search({ type, all: [condition] }, [], page, everything);
  return items.length === 1 ? items[0] : undefined;
}
