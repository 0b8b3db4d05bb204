/** From a body to what the store is asked to write: checked, its patient known, its filer entitled. */
import type { Caller } from '../../../access/caller.ts';
import type { Failure } from '../../../base/failure.ts';
import type { Instant } from '../../../base/instant.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { codings, element } from '../../../fhir/read-element.ts';
import type { Resource } from '../../../fhir/resource.ts';
import type { ResourceWrite } from '../../../fhir/resource-store.ts';
import { refusalOf, type Validated } from '../../../fhir/validation/validate.ts';
import { type FhirVersion, isR5 } from '../../../fhir/version.ts';
import type { FhirApiDeps } from '../base.ts';
import { fitsAnotherVersion } from '../failures.ts';
import { indexOf } from '../index-of.ts';
import { subsetted } from '../represent.ts';
import { type Body, type ResourceKind, statusOf } from '../resource-kind.ts';
import { reachOf } from '../who-may.ts';
import { checkDocuments } from './check-documents.ts';

export type Accepted = Validated & { readonly write: ResourceWrite };

type Filing = { readonly caller: Caller; readonly at: Instant };

/** Within a transaction `resources` is the store of that: to wait for another connection there could be to wait for ever. */
export async function acceptBody(
  deps: Pick<FhirApiDeps, 'resources' | 'issuer'>,
  kind: ResourceKind,
  body: Body,
  { caller, at }: Filing,
): Promise<Result<Accepted, Failure>> {
  const valid = await checkBody(kind, body);
  if (!valid.ok) return valid;
  const patient = await kind.patientOf(deps, body, reachOf(caller));
  if (!patient.ok) return patient;
  const status = statusOf(kind, body.resource);
  const allowed = await kind.mayFile(deps, caller, patient.value, status);
  if (!allowed.ok) return allowed;
  const write = writeOf(deps, kind, body, { patient: patient.value, at, filedBy: caller.clientId });
  return ok({ ...valid.value, write });
}

/** Of the body alone, whoever files it. */
export async function checkBody(kind: ResourceKind, body: Body): Promise<Result<Validated, Failure>> {
  if (body.resource.resourceType !== kind.type)
    return err(refusalOf('malformed', kind.type, [otherType(kind)]));
  const valid = kind.validate(body.resource, body.version);
  if (!valid.ok) return err(hinted(valid.failure, kind, body));
  if (isSubsetted(body.resource)) return err(refusalOf('unprocessable', kind.type, [shortened(kind)]));
  const faults = await checkDocuments(body.resource);
  return faults.length > 0 ? err(refusalOf('unprocessable', kind.type, faults)) : valid;
}

export const writeOf = (
  deps: Pick<FhirApiDeps, 'issuer'>,
  kind: ResourceKind,
  { id, resource, text, version }: Body,
  filed: Pick<ResourceWrite, 'patient' | 'at' | 'filedBy'>,
): ResourceWrite => ({
  type: kind.type,
  id,
  fhirVersion: version,
  status: statusOf(kind, resource),
  index: indexOf(kind, resource, version, { issuer: deps.issuer, patient: filed.patient }),
  text,
  ...filed,
});

/** FHIR R4 §3.1.0.1.5.1: what was shortened on its way out must not come back as the whole. */
export const isSubsetted = (resource: Resource): boolean =>
  codings(element(resource, 'meta'), 'tag').some(({ code }) => code === subsetted.code);

const shortened = ({ type }: ResourceKind) => ({
  code: 'business-rule',
  detail: 'a shortened resource cannot be stored',
  pointer: `${type}.meta.tag`,
});

const otherType = ({ type }: ResourceKind) => ({
  code: 'value',
  detail: `must be \`${type}\` here`,
  pointer: 'Resource.resourceType',
});

/** A body that only fits another version is told so, and not what it lacks for this one (fhir-consent.md §9). */
function hinted(failure: Failure, kind: ResourceKind, { resource, version }: Body): Failure {
  const other: FhirVersion = isR5(version) ? '4.0' : '5.0';
  return failure.kind === 'malformed' && kind.validate(resource, other).ok
    ? fitsAnotherVersion(other)
    : failure;
}
