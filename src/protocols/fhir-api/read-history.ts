/** GET [base]/[type]/[id]/_history: every version, newest first (FHIR R4 §3.1.0.9). */

import type { Reply } from '../../base/endpoint.ts';
import type { Failure } from '../../base/failure.ts';
import { formatInstant } from '../../base/instant.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { historyBundle, type VersionEntry } from '../../fhir/bundle.ts';
import type { StoredResource } from '../../fhir/resource.ts';
import type { FhirApiDeps, FhirBase } from './base.ts';
import { notFound, otherVersion } from './failures.ts';
import { pageLinks } from './links.ts';
import { answerVersion } from './negotiate.ts';
import { preferenceIn } from './prefer.ts';
import { isId, isServedIn, reachIn } from './read-resource.ts';
import { readSearch } from './read-search.ts';
import { etagOf, fhirReply, represent } from './represent.ts';
import type { ResourceKind } from './resource-kind.ts';
import type { FhirCall } from './wire.ts';

export async function readHistory(
  deps: FhirApiDeps,
  base: FhirBase,
  kind: ResourceKind,
  call: FhirCall<{ readonly id: string }>,
): Promise<Result<Reply, Failure>> {
  const version = answerVersion(base, call);
  if (!version.ok) return version;
  const asked = readSearch(call.query, [], preferenceIn(call.headers).handling);
  if (!asked.ok) return asked;
  const { id } = call.params;
  if (!isId(id)) return err(notFound);
  const found = await deps.resources.history(kind.type, id, asked.value.page, reachIn(kind, call.caller));
  if (found.total === 0) return err(notFound);
  const [foreign] = found.resources.filter((stored) => !isServedIn(kind, stored, version.value));
  if (foreign) return err(otherVersion(foreign, deps.issuer));
  const address = `${deps.issuer}${base.path}/${kind.type}/${id}`;
  const entries = found.resources.map((stored) => entryOf(stored, address));
  const links = pageLinks(`${address}/_history`, asked.value, found.total);
  return ok(fhirReply(200, version.value, historyBundle(entries, found.total, links)));
}

/** A first version was posted, since updates create nothing here. */
function entryOf(stored: StoredResource, address: string): VersionEntry {
  const isFirst = stored.version === 1;
  return {
    fullUrl: address,
    resource: represent(stored),
    request: isFirst
      ? { method: 'POST', url: stored.type }
      : { method: 'PUT', url: `${stored.type}/${stored.id}` },
    response: {
      status: isFirst ? '201' : '200',
      etag: etagOf(stored.version),
      lastModified: formatInstant(stored.updatedAt),
    },
  };
}
