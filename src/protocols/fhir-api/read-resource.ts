/** GET [base]/[type]/[id] and one version of it (FHIR R4 §3.1.0.2, §3.1.0.3). */
import type { Caller } from '../../access/caller.ts';
import type { Reply } from '../../base/endpoint.ts';
import type { Failure } from '../../base/failure.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { StoredResource } from '../../fhir/resource.ts';
import { everything, type Reach, type ResourceStore } from '../../fhir/resource-store.ts';
import { type FhirVersion, fhirVersions, isR5 } from '../../fhir/version.ts';
import type { FhirApiDeps, FhirBase } from './base.ts';
import { notFound, otherVersion } from './failures.ts';
import { answerVersion } from './negotiate.ts';
import { etagOf, fhirReply, represent, versionHeaders } from './represent.ts';
import type { ResourceKind } from './resource-kind.ts';
import { reachOf } from './who-may.ts';
import type { FhirCall } from './wire.ts';

type ById = { readonly id: string };

export async function readResource(
  deps: FhirApiDeps,
  base: FhirBase,
  kind: ResourceKind,
  call: FhirCall<ById>,
) {
  const version = answerVersion(base, call);
  if (!version.ok) return version;
  const stored = await findInReach(deps.resources, kind, call.params.id, call.caller);
  return stored ? shown(stored, kind, version.value, call.headers, deps.issuer) : err(notFound);
}

export async function readVersion(
  deps: FhirApiDeps,
  base: FhirBase,
  kind: ResourceKind,
  call: FhirCall<ById & { readonly version: string }>,
) {
  const version = answerVersion(base, call);
  if (!version.ok) return version;
  const { id, version: number } = call.params;
  if (!isId(id) || !/^[1-9]\d{0,8}$/.test(number)) return err(notFound);
  const stored = await deps.resources.readVersion(kind.type, id, Number(number), reachIn(kind, call.caller));
  return stored ? shown(stored, kind, version.value, call.headers, deps.issuer) : err(notFound);
}

export async function findInReach(resources: ResourceStore, kind: ResourceKind, id: string, caller: Caller) {
  return isId(id) ? await resources.read(kind.type, id, reachIn(kind, caller)) : undefined;
}

export const reachIn = (kind: ResourceKind, caller: Caller): Reach =>
  kind.ofPatients ? reachOf(caller) : everything;

export const isServedIn = (kind: ResourceKind, stored: StoredResource, version: FhirVersion): boolean =>
  servedVersions(kind, version)?.includes(stored.fhirVersion) ?? true;

/** The versions of submission that can be shown in this one; undefined means any. */
export const servedVersions = (
  { shape }: ResourceKind,
  shown: FhirVersion,
): readonly FhirVersion[] | undefined =>
  shape === 'one' ? undefined : fhirVersions.filter((version) => isR5(version) === isR5(shown));

/** What cannot be an id is not asked for, and answered like an id that is unknown. */
export const isId = (text: string): boolean => /^[A-Za-z0-9\-.]{1,64}$/.test(text);

function shown(
  stored: StoredResource,
  kind: ResourceKind,
  version: FhirVersion,
  headers: Headers,
  issuer: string,
): Result<Reply, Failure> {
  if (!isServedIn(kind, stored, version)) return err(otherVersion(stored, issuer));
  const known = isKnownTo(headers, stored);
  return ok(
    fhirReply(known ? 304 : 200, version, known ? undefined : represent(stored), versionHeaders(stored)),
  );
}

/** If-None-Match settles it where it is given (RFC 9110 §13.2.2). */
function isKnownTo(headers: Headers, { version, updatedAt }: StoredResource): boolean {
  const tags = headers.get('if-none-match');
  if (tags !== null)
    return tags
      .split(',')
      .some((tag) => tag.trim() === '*' || `W/${tag.trim().replace(/^W\//, '')}` === etagOf(version));
  const since = parseHttpDate(headers.get('if-modified-since') ?? '');
  return since !== undefined && Math.floor(updatedAt / 1000) * 1000 <= since;
}

/** In the one form that is still sent (RFC 9110 §5.6.7); what is no date is ignored (§13.1.3). */
function parseHttpDate(text: string): number | undefined {
  const at = Date.parse(text);
  return new Date(at).toUTCString() === text ? at : undefined;
}
