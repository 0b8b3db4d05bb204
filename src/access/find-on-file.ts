/** Finds the one resource of our directory that a name from outside means. */

import { element } from '../fhir/read-element.ts';
import { idOfReference, readReference } from '../fhir/reference.ts';
import type { StoredResource } from '../fhir/resource.ts';
import { everything, type ResourceQuery, type ResourceStore } from '../fhir/resource-store.ts';

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

type Directory = Pick<ResourceStore, 'search'>;

export const findPatient =
  (directory: Directory): FindPatient =>
  async (name) => {
    const found = await findOne(directory, { type: 'Patient', ...nameOf(name) });
    if (!found) return undefined;
    const organization = readReference(element(found.resource, 'managingOrganization') ?? {}, []).local;
    return { reference: `Patient/${found.id}`, ...(organization === undefined ? {} : { organization }) };
  };

export const findByIdentifier =
  (directory: Directory): FindByIdentifier =>
  async (type, tokens) => {
    const sound = tokens.filter((token) => !/\p{Cc}/u.test(token));
    if (sound.length === 0) return undefined;
    const found = await findOne(directory, { type, identifier: sound });
    return found && `${type}/${found.id}`;
  };

/** Nothing is looked for under a name that no patient could have been filed under. */
const nameOf = (name: string): Pick<ResourceQuery, 'id' | 'identifier'> => {
  if (/\p{Cc}/u.test(name)) return { id: [] };
  if (name.includes('|')) return { identifier: [name] };
  return { id: name.startsWith('Patient/') ? [idOfReference(name)] : [] };
};

/** INVARIANT: a name that fits two is nobody's, so that nobody is taken for another. */
async function findOne(directory: Directory, query: ResourceQuery): Promise<StoredResource | undefined> {
  const { resources } = await directory.search(query, { count: 2, offset: 0 }, everything);
  return resources.length === 1 ? resources[0] : undefined;
}
