/** What was recorded and may be shown to a caller, in the version asked for (audit.md §§2, 4; interfaces.md, Scopes). */
import type { Caller } from '../../../access/caller.ts';
import type { AuditEntry, AuditQuery, AuditReader } from '../../../audit/audit-log.ts';
import { renderEvent } from '../../../audit/render-event.ts';
import type { Resource } from '../../../fhir/resource.ts';
import type { PageOf, PageRequest } from '../../../fhir/search.ts';
import type { FhirVersion } from '../../../fhir/version.ts';

type Limits = Pick<Caller, 'patients' | 'organizations'>;

export const findAuditEvents = (
  { audit }: { readonly audit: AuditReader },
  caller: Limits,
  query: AuditQuery,
  page: PageRequest,
): Promise<PageOf<AuditEntry>> => audit.find(withinReach(query, caller), page);

/** INVARIANT: a client limited to patients or organizations is answered about these alone, and about nothing besides. */
function withinReach(query: AuditQuery, { patients, organizations }: Limits): AuditQuery {
  if (patients)
    return { ...query, patient: query.patient?.filter((patient) => patients.includes(patient)) ?? patients };
  return organizations ? { ...query, managedBy: organizations } : query;
}

export const renderedAudit = (entry: AuditEntry, version: FhirVersion, issuer: string): Resource =>
  renderEvent(entry, version, issuer);
