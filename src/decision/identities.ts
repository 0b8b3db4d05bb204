/** Under which names a requester can be meant by a consent: references, identifiers, organizations, roles. */
import type { Instant } from '../base/instant.ts';
import type { Coding } from '../fhir/coding.ts';
import { identifierToken } from '../fhir/reference.ts';
import {
  type Directory,
  identifiersOf,
  namesIn,
  referenceIn,
  rolesOnFile,
  withParents,
} from './directory.ts';
import type { Requester } from './request.ts';
import type { DecisionSettings } from './settings.ts';

export type Identities = {
  /** `Type/id` and `system|value` of the requester in person. */
  readonly self: ReadonlySet<string>;
  /** Of the organizations the requester names, as a permit sees them. */
  readonly organizationsForPermit: ReadonlySet<string>;
  /** And as a deny sees them: with every organization above, and those where a role is on file. */
  readonly organizationsForDeny: ReadonlySet<string>;
  /** `system|code`; undefined when the request says nothing of roles. */
  readonly roles: ReadonlySet<string> | undefined;
};

export function identitiesOf(
  requester: Requester,
  directory: Directory,
  at: Instant,
  settings: DecisionSettings,
): Identities {
  const self = namesOf(directory, seedsOf(requester, directory));
  const named = organizationsOf(requester, self, directory);
  const chains = named.flatMap((organization) => withParents(directory, organization));
  const onFile = [...self]
    .flatMap((name) => rolesOnFile(directory, name, at, settings.timezone))
    .flatMap(({ resource }) => referenceIn(resource, 'organization') ?? [])
    .flatMap((organization) => withParents(directory, organization));
  return {
    self,
    organizationsForPermit: namesOf(directory, settings.permitInheritsPartOf ? chains : named),
    organizationsForDeny: namesOf(directory, [...chains, ...onFile]),
    roles: requester.roles && new Set(requester.roles.map(roleToken)),
  };
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
  return role?.type === 'PractitionerRole' ? namesIn(role.resource, part) : [];
};

/** A bare client id equals an identifier of a Device of that value, whatever its system. */
const devicesOf = (directory: Directory, clientId: string): readonly string[] =>
  [...directory.entries]
    .filter(
      ([, { type, resource }]) =>
        type === 'Device' && identifiersOf(resource).some(({ value }) => value === clientId),
    )
    .map(([reference]) => reference);

/** An organization asks in its own name, or is named by whoever asks for it. */
function organizationsOf(
  { type, reference, organization }: Requester,
  self: ReadonlySet<string>,
  directory: Directory,
): readonly string[] {
  const own = type === 'organization' ? [...self] : [];
  const named = organization === undefined ? [] : [organization];
  const ofRole = reference === undefined ? [] : partOfRole(directory, reference, 'organization');
  return [...namesOf(directory, [...own, ...named, ...ofRole])];
}

/** Every name of the same parties: from reference to identifiers and back. */
export function namesOf(directory: Directory, seeds: readonly string[]): ReadonlySet<string> {
  const references = seeds.flatMap((seed) => [seed, ...(directory.byIdentifier.get(seed) ?? [])]);
  const identifiers = references.flatMap((reference) =>
    identifiersOf(directory.entries.get(reference)?.resource).map(identifierToken),
  );
  return new Set([...references, ...identifiers]);
}

export const roleToken = ({ system, code }: Coding): string => `${system ?? ''}|${code}`;
