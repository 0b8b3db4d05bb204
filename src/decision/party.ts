/** Whoever asks, under every name a consent may mean: references, identifiers, organizations, roles, authority. */
import { asInstant, type Instant } from '../base/instant.ts';
import { always, contains, type Period } from '../base/period.ts';
import { codingToken } from '../fhir/coding.ts';
import { identifierToken } from '../fhir/reference.ts';
import type { StoredResource } from '../fhir/resource.ts';
import { type Authority, authorityOf, isDangerous } from './authority.ts';
import { edgesOf } from './boundaries.ts';
import {
  type Directory,
  directoryOf,
  identifiersOf,
  isActive,
  namesIn,
  namesOf,
  periodOf,
  rolesOnFile,
  withParents,
} from './directory.ts';
import type { Requester } from './request.ts';
import type { DecisionSettings } from './settings.ts';

export type Party = {
  readonly requester: Requester;
  /** `Type/id` and `system|value` of the requester in person. */
  readonly self: ReadonlySet<string>;
  /** Of the organizations the requester belongs to, as permits and as denies see them at any time. */
  readonly always: { readonly permit: Seen; readonly deny: Seen };
  /** Belongings that begin or end. */
  readonly passing: readonly Belonging[];
  /** `system|code`; undefined when the request says nothing of roles. */
  readonly roles: ReadonlySet<string> | undefined;
  /** For whom the requester may act, by the directory. */
  readonly authorities: readonly Authority[];
  /** A relative from whom the patient is to be protected (PR-6). */
  readonly isDangerous: boolean;
  /** Instants at which a belonging begins or ends, ascending. */
  readonly edges: readonly Instant[];
};

/** The party as permits, or as denies, see it. */
export type Seen = {
  readonly organizations: ReadonlySet<string>;
  /** In person and by organization. */
  readonly names: ReadonlySet<string>;
};

/** An organization the requester acts for, or has a role in. */
type Belonging = {
  readonly names: ReadonlySet<string>;
  /** With every organization above. */
  readonly above: ReadonlySet<string>;
  /** Named by the request: what is only on file counts for denies alone. */
  readonly isNamed: boolean;
  readonly during: Period;
};

/**
 * Makes a requester ready to be compared with the actors of any consent.
 *
 * @param found directory resources around the requester, in any order; what is missing is unknown
 * @example identify({ type: 'practitioner', reference: 'Practitioner/t' }, [practitioner, role], settings)
 */
export function identify(
  requester: Requester,
  found: readonly StoredResource[],
  settings: DecisionSettings,
): Party {
  const directory = directoryOf(found, settings);
  const self = namesOf(directory, seedsOf(requester, directory));
  const belongings = belongingsOf(requester, self, directory, settings);
  const lasting = belongings.filter(({ during }) => during === always);
  return {
    requester,
    self,
    always: {
      permit: seen(
        self,
        lasting.flatMap((each) => [...permitted(each, settings)]),
      ),
      deny: seen(
        self,
        lasting.flatMap(({ above }) => [...above]),
      ),
    },
    passing: belongings.filter(({ during }) => during !== always),
    roles: requester.roles && new Set(requester.roles.map(codingToken)),
    authorities: [...self].flatMap(
      (name) => authorityOf(directory.entries.get(name), directory, settings) ?? [],
    ),
    isDangerous: [...self].some((name) => {
      const known = directory.entries.get(name);
      return known?.type === 'RelatedPerson' && isDangerous(known.resource);
    }),
    edges: edgesOf(belongings.map(({ during }) => during)),
  };
}

const seen = (self: ReadonlySet<string>, organizations: Iterable<string>): Seen => {
  const all = new Set(organizations);
  return { organizations: all, names: new Set([...self, ...all]) };
};

/** As permits see the party at this moment: what is only on file opens nothing. */
export function asPermitted(
  { self, always: { permit }, passing }: Party,
  at: Instant,
  settings: DecisionSettings,
): Seen {
  if (passing.length === 0) return permit;
  const now = passing.filter(({ during }) => contains(during, at));
  return seen(self, [...permit.organizations, ...now.flatMap((each) => [...permitted(each, settings)])]);
}

/** And as denies do: with all organizations above, and those where a role is on file. */
export function asDenied({ self, always: { deny }, passing }: Party, at: Instant): Seen {
  if (passing.length === 0) return deny;
  const now = passing.filter(({ during }) => contains(during, at));
  return seen(self, [...deny.organizations, ...now.flatMap(({ above }) => [...above])]);
}

const nobody: ReadonlySet<string> = new Set();

function permitted({ isNamed, names, above }: Belonging, settings: DecisionSettings): ReadonlySet<string> {
  if (!isNamed) return nobody;
  return settings.permitInheritsPartOf ? above : names;
}

function seedsOf(
  { reference, identifiers = [], clientId }: Requester,
  directory: Directory,
): readonly string[] {
  return [
    ...(reference ? [reference, ...partOfRole(directory, reference, 'practitioner')] : []),
    ...identifiers.map(identifierToken),
    ...(clientId ? devicesOf(directory, clientId) : []),
  ];
}

/** Who asks as a role asks as the person in it, and for the organization of it. */
const partOfRole = (directory: Directory, reference: string, part: 'practitioner' | 'organization') => {
  const role = directory.entries.get(reference);
  return role?.type === 'PractitionerRole' ? namesIn(directory, role.resource, part) : [];
};

/** A bare client id equals an identifier of a Device of that value, whatever its system. */
const devicesOf = (directory: Directory, clientId: string): readonly string[] =>
  [...directory.entries]
    .filter(
      ([, { type, resource }]) =>
        type === 'Device' && identifiersOf(resource).some(({ value }) => value === clientId),
    )
    .map(([reference]) => reference);

/** An organization asks in its own name, or is named by whoever asks for it; roles on file tell of others. */
function belongingsOf(
  { type, reference, organization }: Requester,
  self: ReadonlySet<string>,
  directory: Directory,
  { timezone }: DecisionSettings,
): readonly Belonging[] {
  const belonging = (seeds: readonly string[], isNamed: boolean, during: Period = always): Belonging[] => {
    const names = namesOf(directory, seeds);
    const chain = [...names].flatMap((name) => withParents(directory, name));
    return names.size === 0 ? [] : [{ names, above: namesOf(directory, chain), isNamed, during }];
  };
  const asked = reference === undefined ? undefined : directory.entries.get(reference);
  return [
    ...(type === 'organization' ? belonging([...self], true) : []),
    ...(organization === undefined ? [] : belonging([organization], true)),
    ...(asked?.type === 'PractitionerRole'
      ? belonging(namesIn(directory, asked.resource, 'organization'), true, heldDuring(asked, timezone))
      : []),
    ...rolesOnFile(directory, self).flatMap((role) =>
      belonging(namesIn(directory, role.resource, 'organization'), false, heldDuring(role, timezone)),
    ),
  ];
}

/** A role given up has no current holder. */
const heldDuring = ({ resource }: StoredResource, timezone: string): Period =>
  isActive(resource) ? periodOf(resource, timezone) : never;

const never: Period = { start: asInstant(1), end: asInstant(0) };
