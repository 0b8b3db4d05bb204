/** The audit log in PostgreSQL: entries are appended in the transaction they are given, and read newest first. */
import { and, count, desc, inArray, type SQL, sql } from 'drizzle-orm';
import type { AuditLog, AuditQuery, AuditReader, DecisionEntry } from '../audit/audit-log.ts';
import type { Database } from './database.ts';
import { isManagedBy } from './managed-by.ts';
import { auditEvent } from './tables/audit.ts';

export function auditLog(db: Database): AuditLog {
  return {
    async append(entries) {
      if (entries.length > 0) await db.insert(auditEvent).values(entries.map(rowOf));
    },
  };
}

export function auditReader(db: Database): AuditReader {
  return {
    async find(query, page) {
      const condition = conditionOf(query);
      const rows = db.select({ entry: auditEvent.entry }).from(auditEvent).where(condition);
      const [entries, [sum]] = await Promise.all([
        rows.orderBy(desc(auditEvent.sequence)).limit(page.count).offset(page.offset),
        db.select({ total: count() }).from(auditEvent).where(condition),
      ]);
      return { entries: entries.map(({ entry }) => entry), total: sum?.total ?? 0 };
    },
  };
}

const rowOf = (entry: DecisionEntry) => ({
  id: entry.id,
  recordedAt: entry.recordedAt,
  patient: entry.patient,
  clientId: entry.circumstances.clientId,
  permitted: entry.outcome === 'permit',
  entry,
});

const conditionOf = (query: AuditQuery): SQL | undefined =>
  and(
    query.id && inArray(auditEvent.id, query.id),
    query.patient && inArray(auditEvent.patient, query.patient),
    query.managedBy && isManagedBy(sql`split_part(${auditEvent.patient}, '/', 2)`, query.managedBy),
    query.client && inArray(auditEvent.clientId, query.client),
    query.outcome &&
      inArray(
        auditEvent.permitted,
        query.outcome.map((outcome) => outcome === 'permit'),
      ),
  );
