/** Who asks: the practitioner and the organization that the identifiers of a request mean. */
import type { FindByIdentifier } from '../../access/find-on-file.ts';
import type { Failure } from '../../base/failure.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Requester } from '../../decision/request.ts';
import { type Identifier, identifierToken, typeOfReference } from '../../fhir/reference.ts';
import { localName } from './names.ts';

type Named = { readonly identifier: Identifier; readonly names: readonly string[] };

/**
 * Whoever is not on file is known by identifiers alone, and is nobody's clinician: what the implicit policy opens to
 * clinicians stays closed to them.
 */
export async function resolveActor(
  find: FindByIdentifier,
  actors: readonly Identifier[],
  ownBases: readonly string[],
): Promise<Result<Requester, Failure>> {
  const named = await Promise.all(actors.map((each) => lookUp(find, each, ownBases)));
  const people = distinct(named, isPerson);
  const organizations = distinct(named, isOrganization);
  if (people.length > 1 || organizations.length > 1) return err(severalMeant);
  const [person] = people;
  const [organization] = organizations;
  const isOther = ({ names }: Named): boolean => names.some(person === undefined ? isPerson : isOrganization);
  const identifiers = named
    .filter((each) => !isOther(each) && localName(each.identifier, ownBases) === undefined)
    .map(({ identifier }) => identifier);
  return ok({
    type: person === undefined ? 'organization' : 'practitioner',
    ...referenceOf(person ?? organization),
    ...(identifiers.length > 0 ? { identifiers } : {}),
    ...(person === undefined || organization === undefined ? {} : { organization }),
  });
}

const referenceOf = (reference: string | undefined) => (reference === undefined ? {} : { reference });

async function lookUp(
  find: FindByIdentifier,
  identifier: Identifier,
  ownBases: readonly string[],
): Promise<Named> {
  const local = localName(identifier, ownBases);
  if (local !== undefined) return { identifier, names: [local] };
  const tokens = [identifierToken(identifier)];
  const found = await Promise.all([find('Practitioner', tokens), find('Organization', tokens)]);
  return { identifier, names: found.filter((name) => name !== undefined) };
}

const isPerson = (name: string): boolean =>
  ['Practitioner', 'PractitionerRole'].includes(typeOfReference(name));
const isOrganization = (name: string): boolean => typeOfReference(name) === 'Organization';

const distinct = (named: readonly Named[], is: (name: string) => boolean): readonly string[] => [
  ...new Set(named.flatMap(({ names }) => names.filter(is))),
];

/** One decision is about one party: who may see what for two of them nobody could tell. */
const severalMeant: Failure = {
  kind: 'malformed',
  code: 'invalid_request',
  detail: '`context.actor` must name one practitioner and one organization at most',
  pointer: 'context.actor',
};
