/** What the audit log holds of decisions alone, newest first; interactions with the FHIR API are recorded beside them. */
import type { AuditQuery, AuditReader, DecisionEntry } from '../../src/audit/audit-log.ts';

export const recordedDecisions = (audit: AuditReader) => ({
  async find(query: AuditQuery, { count }: { readonly count: number }) {
    const page = await audit.find({ ...query, type: ['110113'] }, { count, total: true });
    return { entries: page.items as readonly DecisionEntry[], total: page.total };
  },
});
