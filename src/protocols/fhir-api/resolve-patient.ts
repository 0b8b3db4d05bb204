/** Which patient a consent is about, as far as we can tell; one about nobody is not taken in. */
import { byIdentifier } from '../../access/find-on-file.ts';
import type { Failure } from '../../base/failure.ts';
import { isObject, type JsonObject } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { identifierToken, idOfReference, readReference, typeOfReference } from '../../fhir/reference.ts';
import type { Reach } from '../../fhir/resource-store.ts';
import { type FhirVersion, isR5 } from '../../fhir/version.ts';
import { type FhirApiDeps, ownFhirBases } from './base.ts';

/**
 * The logical id; undefined for the consent of a Group or a Practitioner (R5). A reference by identifier is looked up
 * within the reach, so that it tells nothing of others.
 */
export async function resolvePatient(
  { resources, issuer }: Pick<FhirApiDeps, 'resources' | 'issuer'>,
  consent: JsonObject,
  version: FhirVersion,
  within: Reach,
): Promise<Result<string | undefined, Failure>> {
  const name = isR5(version) ? 'subject' : 'patient';
  const element = consent[name];
  // Legal, and nobody's: seen by clients without limits alone (fhir-consent.md §1, patient 0..1).
  if (element === undefined) return ok(undefined);
  if (!isObject(element)) return err(refused(name, 'must be a reference'));
  const { local, foreign, identifier } = readReference(element, ownFhirBases(issuer));
  if (local) return ok(typeOfReference(local) === 'Patient' ? idOfReference(local) : undefined);
  if (foreign !== undefined || !identifier)
    return err(refused(name, 'must refer to a resource here, by reference or identifier'));
  const question = { type: 'Patient', all: [byIdentifier([identifierToken(identifier)])] };
  const { items } = await resources.search(question, [], { count: 2, total: false }, within);
  const [patient, another] = items;
  return patient && !another
    ? ok(patient.id)
    : err(refused(name, 'the identifier does not lead to one Patient here'));
}

const refused = (name: string, detail: string): Failure => ({
  kind: 'unprocessable',
  code: 'business-rule',
  detail,
  pointer: `Consent.${name}`,
});
