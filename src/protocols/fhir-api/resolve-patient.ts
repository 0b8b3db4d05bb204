/** Which patient a consent is about, as far as we can tell; a consent of nobody is not taken in. */
import type { Failure } from '../../base/failure.ts';
import { isObject, type JsonObject } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { identifierToken, idOfReference, readReference, typeOfReference } from '../../fhir/reference.ts';
import type { Reach } from '../../fhir/resource-store.ts';
import { type FhirVersion, isR5 } from '../../fhir/version.ts';
import { type FhirApiDeps, ownFhirBases } from './base.ts';

/** The logical id; a reference by identifier is looked up within the reach, so that it tells nothing of others. */
export async function resolvePatient(
  { resources, issuer }: Pick<FhirApiDeps, 'resources' | 'issuer'>,
  consent: JsonObject,
  version: FhirVersion,
  within: Reach,
): Promise<Result<string, Failure>> {
  const name = isR5(version) ? 'subject' : 'patient';
  const element = consent[name];
  if (!isObject(element)) return err(refused(name, 'a consent must say whose it is'));
  const { local, foreign, identifier } = readReference(element, ownFhirBases(issuer));
  if (local)
    return typeOfReference(local) === 'Patient' ? ok(idOfReference(local)) : err(refused(name, onlyPatients));
  if (foreign !== undefined || !identifier)
    return err(refused(name, 'must refer to a Patient here, by reference or identifier'));
  const query = { type: 'Patient', identifier: [identifierToken(identifier)] };
  const { resources: found } = await resources.search(query, { count: 2, offset: 0 }, within);
  const [patient, another] = found;
  return patient && !another
    ? ok(patient.id)
    : err(refused(name, 'the identifier does not lead to one Patient here'));
}

const onlyPatients = 'only consents of a Patient are taken in yet';

const refused = (name: string, detail: string): Failure => ({
  kind: 'unprocessable',
  code: 'business-rule',
  detail,
  pointer: `Consent.${name}`,
});
