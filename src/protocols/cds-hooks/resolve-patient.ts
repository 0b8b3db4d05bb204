/** The one patient on file that the identifiers of a request mean, as far as the client may ask about them. */
import type { Caller } from '../../access/caller.ts';
import type { FindPatient } from '../../access/find-on-file.ts';
import { isWithin, nobody } from '../../access/patient-in-reach.ts';
import { type Identifier, identifierToken } from '../../fhir/reference.ts';
import { localName } from './names.ts';

/**
 * Unknown, out of reach and several: each is nobody, and the answer does not tell them apart (case 70). Who is out of
 * reach is left out before they are counted, or counting would tell of them.
 */
export async function resolvePatient(
  findPatient: FindPatient,
  caller: Caller,
  identifiers: readonly Identifier[],
  ownBases: readonly string[],
): Promise<string> {
  const names = identifiers.map((each) => localName(each, ownBases) ?? identifierToken(each));
  const found = await Promise.all([...new Set(names)].map(findPatient));
  const inReach = found.flatMap((each) => (each && isWithin(caller, each) ? [each.reference] : []));
  const [one, ...others] = new Set(inReach);
  return one !== undefined && others.length === 0 ? one : nobody;
}
