/** Under which names a requester can be meant by a consent: references, identifiers, organizations, roles. */
import type { Instant } from '../base/instant.ts';
import { identifierToken } from '../fhir/reference.ts';
import { type Directory, identifiersOf, referenceIn, rolesOnFile, withParents } from './directory.ts';
import type { Requester } from './request.ts';
import type { DecisionSettings } from './settings.ts';

export type Identities = {
  /** `Type/id` and `system|value` of the requester in person. */
  readonly self: ReadonlySet<string>;
  /** Of the organizations the requester names, as a permit sees them. */
  readonly organizationsForPermit: ReadonlySet<string>;
  /** And as a deny sees them: with every organization above, and those where a role is on file. */
  readonly organizationsForDeny: ReadonlySet<string>;
  /** `system|code`. */
  readonly roles: ReadonlySet<string>;
};

export function identitiesOf(
  requester: Requester,
  directory: Directory,
  at: Instant,
  settings: DecisionSettings,
): Identities {
  const self = namesOf(directory, seedsOf(requester));
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
    roles: new Set((requester.roles ?? []).map(({ system, code }) => `${system ?? ''}|${code}`)),
  };
}

function seedsOf({ reference, identifiers = [], clientId }: Requester): readonly string[] {
  // A bare client id equals a Device identifier of that value, whatever its system.
  return [
    ...(reference ? [reference] : []),
    ...identifiers.map(identifierToken),
    ...(clientId ? [`|${clientId}`] : []),
  ];
}

/** An organization asks in its own name or is named by whoever asks for it. */
function organizationsOf(
  requester: Requester,
  self: ReadonlySet<string>,
  directory: Directory,
): readonly string[] {
  const own = requester.type === 'organization' ? [...self] : [];
  const named = requester.organization === undefined ? [] : [requester.organization];
  return [...namesOf(directory, [...own, ...named])];
}

/** Every name of the same parties: from reference to identifiers and back. */
export function namesOf(directory: Directory, seeds: readonly string[]): ReadonlySet<string> {
  const references = seeds.flatMap((seed) => [seed, ...(directory.byIdentifier.get(seed) ?? [])]);
  const identifiers = references.flatMap((reference) =>
    identifiersOf(directory.entries.get(reference)?.resource).map(identifierToken),
  );
  return new Set([...references, ...identifiers]);
}
