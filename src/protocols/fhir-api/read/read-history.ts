/** GET [base]/[type]/[id]/_history and GET [base]/[type]/_history: every version, newest first (FHIR R4 §3.1.0.9). */
import type { Reply } from '../../../base/endpoint.ts';
import type { Failure } from '../../../base/failure.ts';
import { formatInstant } from '../../../base/instant.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { historyBundle, type VersionEntry } from '../../../fhir/bundle.ts';
import { failureToOutcome } from '../../../fhir/operation-outcome.ts';
import { isDeletion, type StoredVersion } from '../../../fhir/resource.ts';
import type { FhirApiDeps, FhirBase } from '../base.ts';
import { notFound, notInThisVersion } from '../failures.ts';
import { isId } from '../is-id.ts';
import { preferenceIn } from '../prefer.ts';
import { type Presentation, presentationOf } from '../presentation.ts';
import { type Act, done } from '../record.ts';
import { etagOf, fhirReply, represent } from '../represent.ts';
import type { ResourceKind } from '../resource-kind.ts';
import { pageLinks } from '../search/links.ts';
import { askedFor, pagedBy } from '../search/paging.ts';
import { reachIn } from '../who-may.ts';
import type { FhirCall } from '../wire.ts';
import { readHistoryQuery } from './read-history-query.ts';
import { findInReach } from './read-resource.ts';

/** Of one resource, or of all of the type. */
export async function readHistory(
  deps: FhirApiDeps,
  base: FhirBase,
  kind: ResourceKind,
  act: Act,
  call: FhirCall<{ readonly id?: string }>,
): Promise<Result<Reply, Failure>> {
  const { id } = call.params;
  const address = `${deps.issuer}${base.path}/${kind.type}`;
  const listed = id === undefined ? `${address}/_history` : `${address}/${id}/_history`;
  const asked = await askedFor(deps, listed, call);
  if (!asked.ok) return asked;
  const presentation = presentationOf(base, { headers: call.headers, query: asked.value.query });
  if (!presentation.ok) return presentation;
  const query = readHistoryQuery(asked.value.pairs, preferenceIn(call.headers).handling);
  if (!query.ok) return query;
  if (id !== undefined && !isId(id)) return err(notFound);
  const { count, used, ...conditions } = query.value;
  const about = { type: kind.type, ...(id === undefined ? {} : { id }), ...conditions };
  const page = { count: presentation.value.countOnly ? 0 : count, total: true, ...asked.value.from };
  const found = await deps.resources.history(about, page, reachIn(kind, call.caller));
  const current =
    id === undefined || found.items.length > 0
      ? undefined
      : await findInReach(deps.resources, kind, id, call.caller);
  if (id !== undefined && found.items.length === 0 && !current) return err(notFound);
  const entries = found.items.map((version) =>
    entryOf(version, address, kind, presentation.value, deps.issuer),
  );
  const links = await pageLinks(
    pagedBy(deps, listed, call, asked.value, {
      used,
      version: presentation.value.version,
    }),
    found,
  );
  const what = id === undefined ? {} : { what: `${kind.type}/${id}` };
  await deps.audit.append(
    done(deps, act, call, {
      patients: [...found.items, ...(current ? [current] : [])].map(({ patient }) => patient),
      ...what,
    }),
  );
  return ok(fhirReply(200, presentation.value, historyBundle(entries, found.total, links)));
}

function entryOf(
  version: StoredVersion,
  address: string,
  kind: ResourceKind,
  presentation: Presentation,
  issuer: string,
): VersionEntry {
  const common = {
    fullUrl: `${address}/${version.id}`,
    request: requestOf(version),
    response: responseOf(version),
  };
  if (isDeletion(version)) return common;
  const resource = represent(version, kind, presentation);
  if (resource) return { ...common, resource };
  const outcome = failureToOutcome(notInThisVersion(version, issuer));
  return { ...common, response: { ...common.response, outcome } };
}

/** A first version was posted, since updates create nothing here. */
function requestOf(version: StoredVersion): VersionEntry['request'] {
  const { type, id } = version;
  if (isDeletion(version)) return { method: 'DELETE', url: `${type}/${id}` };
  return version.version === 1 ? { method: 'POST', url: type } : { method: 'PUT', url: `${type}/${id}` };
}

const responseOf = (version: StoredVersion) => ({
  status: isDeletion(version) ? '204' : version.version === 1 ? '201' : '200',
  etag: etagOf(version.version),
  lastModified: formatInstant(version.updatedAt),
});
