/** What was recorded and may be shown to a caller, in the version asked for (audit.md §§2, 4; interfaces.md, Scopes). */
import type { Caller } from '../../../access/caller.ts';
import type {
  AuditEntry,
  AuditQuery,
  AuditReader,
  DecisionEntry,
  ReviewReason,
} from '../../../audit/audit-log.ts';
import { renderEvent } from '../../../audit/render-event.ts';
import type { Resource } from '../../../fhir/resource.ts';
import type { PageOf, PageRequest } from '../../../fhir/search/search.ts';
import type { FhirVersion } from '../../../fhir/version.ts';

type Limits = Pick<Caller, 'clientId' | 'patients' | 'organizations'>;

export async function findAuditEvents(
  { audit }: { readonly audit: AuditReader },
  caller: Limits,
  query: AuditQuery,
  page: PageRequest,
): Promise<PageOf<AuditEntry>> {
  const found = await audit.find(withinReach(query, caller), page);
  return { ...found, items: found.items.map((entry) => withoutOthers(entry, caller)) };
}

/** The search of somebody else may name other patients beside the one it is shown to; the client's own is known to it. */
function withoutOthers(entry: AuditEntry, { clientId, patients, organizations }: Limits): AuditEntry {
  if (entry.kind === 'answer' || entry.kind === 'authorization') return entry;
  if (entry.kind === 'decision') return patients ? withoutHidden(entry) : entry;
  const isLimited = patients !== undefined || organizations !== undefined;
  if (!isLimited || entry.circumstances.clientId === clientId) return entry;
  const { query: _, ...rest } = entry;
  return rest;
}

/** What was kept from a patient is not told to one, nor to whoever acts for one, by the record of it either. */
const isTold = (reason: ReviewReason): boolean => reason !== 'withheld-from-patient';

function withoutHidden({ review, ...rest }: DecisionEntry): DecisionEntry {
  const told = review?.filter(isTold) ?? [];
  return told.length > 0 ? { ...rest, review: told } : rest;
}

/** INVARIANT: a client limited to patients or organizations is answered about these alone, and about nothing besides. */
function withinReach(query: AuditQuery, { patients, organizations }: Limits): AuditQuery {
  if (!patients) return organizations ? { ...query, managedBy: organizations } : query;
  const { review } = query;
  return {
    ...query,
    patient: query.patient?.filter((patient) => patients.includes(patient)) ?? patients,
    ...(review ? { review: review.map((any) => any.filter(isTold)) } : {}),
  };
}

export const renderedAudit = (entry: AuditEntry, version: FhirVersion, issuer: string): Resource =>
  renderEvent(entry, version, issuer);
