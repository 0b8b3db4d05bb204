/** Actors of a provision under every name they are known by, so that asking compares names alone (M-8). */

import type { JsonObject } from '../../base/json.ts';
import { addTo } from '../../base/lists.ts';
import type { Period } from '../../base/period.ts';
import type { ActorCriterion } from '../../consent/consent.ts';
import { codingToken } from '../../fhir/coding.ts';
import { element, elements } from '../../fhir/read-element.ts';
import { namesOfReference, type Reference, readReference, typeOfReference } from '../../fhir/reference.ts';
import type { Resource, StoredResource } from '../../fhir/resource.ts';
import { type Directory, isActive, namesIn, namesOf, periodOf, withParents } from '../directory.ts';
import type { CompiledActor, CompiledParty } from '../program.ts';
import type { DecisionSettings } from '../settings.ts';
import type { Truth } from '../truth.ts';
import type { Atoms } from './atoms.ts';

/** What actors are compiled against: who is who, and the parties that were met before, each made once. */
export type Parties = {
  readonly directory: Directory;
  readonly settings: DecisionSettings;
  readonly atoms: Atoms;
  readonly parties: Map<string, CompiledParty>;
};

export function compileActor({ part, roles, reference }: ActorCriterion, around: Parties): CompiledActor {
  const { directory, settings, atoms } = around;
  if (part === 'author') return { kind: 'author', atom: authorAtom(reference, directory, atoms) };
  if (part === 'custodian') return { kind: 'custodian', is: isCustodian(reference, directory, settings) };
  if (reference) return { kind: 'party', party: partyOf(reference, around, []) };
  return { kind: 'role', roles: roles.map(codingToken) };
}

/** Under every name the author is known by; one who is not named may be anybody. */
function authorAtom(author: Reference | undefined, directory: Directory, atoms: Atoms) {
  const names = namesOf(directory, author ? namesOfReference(author) : []);
  return names.size === 0
    ? atoms.of({ kind: 'unknown', why: 'actor' })
    : atoms.of({ kind: 'author', anyOf: [...names] });
}

/** who holds the data is a setting; without it nobody can tell. A custodian speaks for the units below it. */
function isCustodian(
  reference: Reference | undefined,
  directory: Directory,
  { custodian }: DecisionSettings,
): Truth {
  if (custodian === undefined || !reference) return undefined;
  const names = namesOf(directory, namesOfReference(reference));
  return withParents(directory, custodian).some((holder) => names.has(holder));
}

/** Groups within groups, roles within teams: deeper than this nobody can tell. */
const deepestMembership = 3;

/** @param within the collectives it was met in, so that one which lists itself is not walked for ever */
function partyOf(reference: Reference, around: Parties, within: readonly string[]): CompiledParty {
  const key = JSON.stringify([within.length, reference.local, reference.identifier, reference.foreign]);
  const known = around.parties.get(key);
  if (known) return known;
  const party = compileParty(reference, around, within);
  around.parties.set(key, party);
  return party;
}

function compileParty(reference: Reference, around: Parties, within: readonly string[]): CompiledParty {
  const { directory, settings } = around;
  const names = namesOf(directory, namesOfReference(reference));
  const known = [...names].flatMap((name) => directory.entries.get(name) ?? []);
  return {
    names: [...names],
    kin: kinOf(reference),
    isOnFile: known.length > 0,
    lasting: relationOf(known, settings),
    groups: known.flatMap(({ type, id, resource }) =>
      type === 'Group' || type === 'CareTeam'
        ? [groupOf(resource, around, [...within, `${type}/${id}`])]
        : [],
    ),
    offices: known.flatMap(({ type, resource }) =>
      type === 'PractitionerRole' ? [officeOf(resource, directory, settings)] : [],
    ),
  };
}

/** Undefined where no relation is on file, and nothing can end. */
function relationOf(
  known: readonly StoredResource[],
  { timezone }: DecisionSettings,
): CompiledParty['lasting'] {
  const relations = known.filter(({ type }) => type === 'RelatedPerson');
  if (relations.length === 0) return undefined;
  return relations.flatMap(({ resource }) => (isActive(resource) ? [periodOf(resource, timezone)] : []));
}

/** How a name of the same kind begins: of that type, of that system. A collective that is not on file may have anybody in it. */
function kinOf({ local, identifier }: Reference): string | undefined {
  if (local === undefined) return `${identifier?.system ?? ''}|`;
  const type = typeOfReference(local);
  return collective.has(type) ? undefined : `${type}/`;
}

const collective: ReadonlySet<string> = new Set(['Group', 'CareTeam', 'PractitionerRole', 'Device']);

const isCollective = ({ local }: Reference): boolean =>
  local !== undefined && collective.has(typeOfReference(local)) && typeOfReference(local) !== 'Device';

/** R-16; one that lists nobody is defined in another way, and nobody here can tell who belongs to it. */
function groupOf(
  group: Resource,
  around: Parties,
  within: readonly string[],
): CompiledParty['groups'][number] {
  const { directory, settings } = around;
  const listed = [...elements(group, 'member'), ...elements(group, 'participant')];
  const current = listed
    .filter((each) => each['inactive'] !== true)
    .map((member) => ({ member, during: periodOf(member, settings.timezone) }));
  const members = new Map<string, Period[]>();
  for (const { member, during } of current)
    for (const name of namesOf(directory, namesOfMember(directory, member))) addTo(members, name, during);
  return {
    isListed: listed.length > 0,
    during: isActive(group) ? [periodOf(group, settings.timezone)] : [],
    members,
    within: current.flatMap(({ member, during }) => {
      const reference = readReference(
        element(member, 'entity') ?? element(member, 'member') ?? {},
        settings.ownBases,
      );
      const isNew = isCollective(reference) && !within.includes(reference.local ?? '');
      return isNew && within.length < deepestMembership
        ? [{ party: partyOf(reference, around, within), during }]
        : [];
    }),
  };
}

const namesOfMember = (directory: Directory, member: JsonObject): readonly string[] => [
  ...namesIn(directory, member, 'entity'),
  ...namesIn(directory, member, 'member'),
];

/** A role means the practitioner when acting for that organization (M-8). */
function officeOf(
  role: Resource,
  directory: Directory,
  { timezone }: DecisionSettings,
): CompiledParty['offices'][number] {
  return {
    during: isActive(role) ? [periodOf(role, timezone)] : [],
    practitioner: [...namesOf(directory, namesIn(directory, role, 'practitioner'))],
    organization: [...namesOf(directory, namesIn(directory, role, 'organization'))],
  };
}
