/** GET [base]/[type]/[id] and one version of it (FHIR R4 §3.1.0.2, §3.1.0.3). */
import type { Caller } from '../../../access/caller.ts';
import type { Reply } from '../../../base/endpoint.ts';
import type { Failure } from '../../../base/failure.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { isDeletion, type StoredResource, type StoredVersion } from '../../../fhir/resource.ts';
import type { ReadResources } from '../../../fhir/resource-store.ts';
import type { FhirApiDeps, FhirBase } from '../base.ts';
import { about, deleted, notFound, notInThisVersion } from '../failures.ts';
import { isId } from '../is-id.ts';
import { type Presentation, presentationOf } from '../presentation.ts';
import { type Act, done, whatOf } from '../record.ts';
import { etagOf, fhirReply, represent, versionHeaders } from '../represent.ts';
import type { ResourceKind } from '../resource-kind.ts';
import { reachIn } from '../who-may.ts';
import type { FhirCall } from '../wire.ts';

type ById = { readonly id: string };

export async function readResource(
  deps: FhirApiDeps,
  base: FhirBase,
  kind: ResourceKind,
  act: Act,
  call: FhirCall<ById>,
) {
  const presentation = presentationOf(base, call);
  if (!presentation.ok) return presentation;
  const stored = await findInReach(deps.resources, kind, call.params.id, call.caller);
  return show(deps, kind, act, call, { stored, presentation: presentation.value });
}

export async function readVersion(
  deps: FhirApiDeps,
  base: FhirBase,
  kind: ResourceKind,
  act: Act,
  call: FhirCall<ById & { readonly version: string }>,
) {
  const presentation = presentationOf(base, call);
  if (!presentation.ok) return presentation;
  const { id, version } = call.params;
  const isAsked = isId(id) && /^[1-9]\d{0,8}$/.test(version);
  const within = reachIn(kind, call.caller);
  const stored = isAsked
    ? await deps.resources.readVersion(kind.type, id, Number(version), within)
    : undefined;
  return show(deps, kind, act, call, { stored, presentation: presentation.value });
}

export const findInReach = async (
  resources: ReadResources,
  kind: ResourceKind,
  id: string,
  caller: Caller,
): Promise<StoredVersion | undefined> =>
  isId(id) ? await resources.read(kind.type, id, reachIn(kind, caller)) : undefined;

type Found = { readonly stored: StoredVersion | undefined; readonly presentation: Presentation };

/** Whether it may be seen comes before any precondition (AD-6). */
async function show(
  deps: FhirApiDeps,
  kind: ResourceKind,
  act: Act,
  call: FhirCall,
  { stored, presentation }: Found,
): Promise<Result<Reply, Failure>> {
  if (!stored) return err(notFound);
  if (isDeletion(stored)) return err(about(deleted, stored));
  const body = represent(stored, kind, presentation);
  if (!body) return err(about(notInThisVersion(stored, deps.issuer), stored));
  const isKnown = isKnownTo(call.headers, stored);
  await deps.audit.append(done(deps, act, call, { patients: [stored.patient], what: whatOf(stored) }));
  return ok(fhirReply(isKnown ? 304 : 200, presentation, isKnown ? undefined : body, versionHeaders(stored)));
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
