/** From a body to what the store is asked to write: checked, its patient known, its filer entitled. */
import type { Caller } from '../../access/caller.ts';
import type { Failure } from '../../base/failure.ts';
import type { Instant } from '../../base/instant.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { codings, element, elements } from '../../fhir/read-element.ts';
import { identifierTokensOf } from '../../fhir/reference.ts';
import type { ResourceWrite } from '../../fhir/resource-store.ts';
import { refusalOf, type Validated } from '../../fhir/validate.ts';
import type { FhirApiDeps } from './base.ts';
import { withoutAssigned } from './represent.ts';
import { type Body, type ResourceKind, statusOf } from './resource-kind.ts';
import { reachOf } from './who-may.ts';

export type Accepted = Validated & { readonly write: ResourceWrite };

export async function acceptBody(
  deps: FhirApiDeps,
  kind: ResourceKind,
  body: Body,
  { caller, at }: { readonly caller: Caller; readonly at: Instant },
): Promise<Result<Accepted, Failure>> {
  const resource = withoutAssigned(body.resource);
  const valid = kind.validate(resource, body.version);
  if (!valid.ok) return valid;
  if (isSubsetted(body)) return err(refusalOf('unprocessable', kind.type, [subsetted]));
  const patient = await kind.patientOf(deps, body, reachOf(caller));
  if (!patient.ok) return patient;
  const status = statusOf(kind, resource);
  const allowed = await kind.mayFile(deps, caller, patient.value, status);
  if (!allowed.ok) return allowed;
  const write: ResourceWrite = {
    type: kind.type,
    id: body.id,
    fhirVersion: body.version,
    patient: patient.value,
    status,
    identifiers: identifierTokensOf(elements(resource, 'identifier')),
    resource,
    at,
    filedBy: caller.clientId,
  };
  return ok({ ...valid.value, write });
}

/** FHIR R4 §3.1.0.1.5.1: what was shortened on its way out must not come back as the whole. */
const isSubsetted = ({ resource }: Body): boolean =>
  codings(element(resource, 'meta'), 'tag').some(({ code }) => code === 'SUBSETTED');

const subsetted = {
  code: 'business-rule',
  detail: 'a shortened resource cannot be stored',
  pointer: 'Resource.meta.tag',
};
