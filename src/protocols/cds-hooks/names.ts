/** The names a client gives: identifiers of a person or an organization, or the address of a resource of ours. */
import { type Identifier, identifierToken, readLiteral } from '../../fhir/reference.ts';

/** Of an identifier that is an address (FHIR R4 §2.24.0.9): the value is absolute, and may be one of ours. */
const addresses = 'urn:ietf:rfc:3986';

/** `Practitioner/t`, where the identifier is the address of a resource below one of our bases. */
export const localName = ({ system, value }: Identifier, ownBases: readonly string[]): string | undefined =>
  system === addresses ? readLiteral(value, ownBases).local : undefined;

/** Every name by which data may mean whoever is so identified. */
export const namesGiven = (
  identifiers: readonly Identifier[],
  ownBases: readonly string[],
): ReadonlySet<string> =>
  new Set(
    identifiers.flatMap((each) => [
      identifierToken(each),
      ...(each.system === addresses ? [localName(each, ownBases) ?? each.value] : []),
    ]),
  );
