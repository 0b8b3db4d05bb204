/** The AuditEvents about what a search found: `_revinclude=AuditEvent:entity`. */
import type { Caller } from '../../../access/caller.ts';
import { levelsAllowing } from '../../../access/scope.ts';
import type { StoredResource } from '../../../fhir/resource.ts';
import type { FhirVersion } from '../../../fhir/version.ts';
import type { FhirApiDeps } from '../base.ts';
import type { Included } from '../search/matches.ts';
import { findAuditEvents, renderedAudit } from './read-audit.ts';

/** The latest; whoever wants all asks for AuditEvents. */
const mostEvents = 200;

export async function auditOf(
  deps: FhirApiDeps,
  caller: Caller,
  matches: readonly StoredResource[],
  paths: readonly { readonly type: string; readonly parameter: string }[],
  version: FhirVersion,
): Promise<readonly Included[]> {
  const isAsked = paths.some(({ type, parameter }) => type === 'AuditEvent' && parameter === 'entity');
  if (!isAsked || levelsAllowing(caller.scopes, 'AuditEvent', 's').length === 0) return [];
  const entity = [matches.map(({ type, id }) => `${type}/${id}`)];
  const { items } = await findAuditEvents(deps, caller, { entity }, { count: mostEvents, total: false });
  return items.map((entry) => ({
    resource: renderedAudit(entry, version, deps.issuer),
    patient: entry.patient?.replace('Patient/', ''),
  }));
}
