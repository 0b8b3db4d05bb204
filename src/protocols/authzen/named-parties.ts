/** Whom the consents and the record of a patient name, and who works for them: those a subject search asks about. */
import type { ReadEvidence } from '../../access/evidence.ts';
import { seedsOfConsents } from '../../access/seeds.ts';
import type { Instant } from '../../base/instant.ts';
import { isHeldAt } from '../../decision/directory.ts';
import type { RequesterType } from '../../decision/request.ts';
import type { DecisionSettings } from '../../decision/settings.ts';
import { element } from '../../fhir/read-element.ts';
import { idOfReference, readReference } from '../../fhir/reference.ts';
import type { Resource, StoredResource } from '../../fhir/resource.ts';
import { everything, type SearchResources } from '../../fhir/resource-store.ts';
import { entryOf } from '../../fhir/search/search.ts';

export type PartiesDeps = {
  readonly evidence: Pick<ReadEvidence, 'ofPatients' | 'around'>;
  readonly resources: Pick<SearchResources, 'search'>;
  readonly settings: DecisionSettings;
};

/** `organization`: on whose behalf; the consent may mean the organization alone. */
export type NamedParty = { readonly reference: string; readonly organization?: string };

const typesOf: Readonly<Record<RequesterType, string | undefined>> = {
  practitioner: 'Practitioner',
  organization: 'Organization',
  patient: 'Patient',
  'related-person': 'RelatedPerson',
  device: 'Device',
  // No consent names one by itself.
  client: undefined,
};

/** More than anybody reads. */
const mostRoles = 1000;

/** In the order of their names. */
export async function namedParties(
  deps: PartiesDeps,
  patient: string,
  type: RequesterType,
  at: Instant,
): Promise<readonly NamedParty[]> {
  const wanted = typesOf[type];
  if (wanted === undefined) return [];
  const found = await foundAround(deps, patient);
  const roles = type === 'practitioner' ? await rolesIn(deps, found, at) : [];
  const named = found
    .filter((each) => each.type === wanted)
    .map(({ id }) => ({ reference: `${wanted}/${id}` }));
  const parties = new Map([...named, ...roles].map((party) => [keyOf(party), party]));
  return [...parties].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, party]) => party);
}

const keyOf = ({ reference, organization = '' }: NamedParty): string => `${reference} ${organization}`;

async function foundAround(
  { evidence, settings }: PartiesDeps,
  patient: string,
): Promise<readonly StoredResource[]> {
  const own = (await evidence.ofPatients([idOfReference(patient)])).flatMap(({ found }) => found);
  const seeds = seedsOfConsents(own, settings);
  return (await evidence.around([seeds])).flatMap(({ found }) => found);
}

/** Practitioners in the roles they hold now: of those found, and at the organizations found. */
async function rolesIn(
  { resources, settings }: PartiesDeps,
  found: readonly StoredResource[],
  at: Instant,
): Promise<readonly NamedParty[]> {
  const organizations = found.filter(({ type }) => type === 'Organization');
  const employed =
    organizations.length === 0
      ? []
      : await rolesAt(
          resources,
          organizations.map(({ id }) => `Organization/${id}`),
        );
  return [...found.filter(({ type }) => type === 'PractitionerRole'), ...employed]
    .filter((role) => isHeldAt(role, at, settings.timezone))
    .flatMap(({ resource }) => {
      const reference = localIn(resource, 'practitioner', settings);
      const organization = localIn(resource, 'organization', settings);
      if (reference === undefined) return [];
      return organization === undefined ? { reference } : { reference, organization };
    });
}

async function rolesAt(
  resources: PartiesDeps['resources'],
  organizations: readonly string[],
): Promise<readonly StoredResource[]> {
  const any = organizations.map((name) => entryOf.reference('organization', name));
  const page = { count: mostRoles, total: false };
  const question = { type: 'PractitionerRole', all: [{ kind: 'entry' as const, any }] };
  return (await resources.search(question, [], page, everything)).items;
}

const localIn = (role: Resource, name: string, { ownBases }: DecisionSettings): string | undefined =>
  readReference(element(role, name) ?? {}, ownBases).local;
