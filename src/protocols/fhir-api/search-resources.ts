/** GET [base]/[type]?…: what matches within the caller's reach, a page at a time (FHIR R4 §3.1.1). */
import type { Reply } from '../../base/endpoint.ts';
import type { Failure } from '../../base/failure.ts';
import { ok, type Result } from '../../base/result.ts';
import { searchset } from '../../fhir/bundle.ts';
import type { FhirApiDeps, FhirBase } from './base.ts';
import { questionFrom } from './criteria.ts';
import { pageLinks } from './links.ts';
import { answerVersion } from './negotiate.ts';
import { preferenceIn } from './prefer.ts';
import { reachIn, servedVersions } from './read-resource.ts';
import { readSearch } from './read-search.ts';
import { fhirReply, represent } from './represent.ts';
import type { ResourceKind } from './resource-kind.ts';
import type { FhirCall } from './wire.ts';

export async function searchResources(
  deps: FhirApiDeps,
  base: FhirBase,
  kind: ResourceKind,
  call: FhirCall,
): Promise<Result<Reply, Failure>> {
  const version = answerVersion(base, call);
  if (!version.ok) return version;
  const asked = readSearch(call.query, ['_id', ...kind.searchedBy], preferenceIn(call.headers).handling);
  if (!asked.ok) return asked;
  const question = questionFrom(kind.type, asked.value.criteria, deps.issuer);
  if (!question.ok) return question;
  const fhirVersion = servedVersions(kind, version.value);
  const page = asked.value.countOnly ? { count: 0, offset: 0 } : asked.value.page;
  const query = { ...question.value, ...(fhirVersion ? { fhirVersion } : {}) };
  const found = await deps.resources.search(query, page, reachIn(kind, call.caller));
  const address = `${deps.issuer}${base.path}/${kind.type}`;
  const matches = found.resources.map((stored) => ({
    fullUrl: `${address}/${stored.id}`,
    resource: represent(stored),
  }));
  return ok(
    fhirReply(
      200,
      version.value,
      searchset(matches, found.total, pageLinks(address, asked.value, found.total)),
    ),
  );
}
