/** Records that belong to no other act: whoever records at once goes in one statement, acknowledged together or not at all. */
import type { AuditEntry, AuditLog } from '../audit/audit-log.ts';
import { inTurns } from '../base/in-turns.ts';
import type { Transact } from '../base/transact.ts';

/** For doors that write nothing else: a single statement is a transaction of its own. */
export function recordInTurns(audit: AuditLog): Transact<{ readonly audit: AuditLog }> {
  const appended = inTurns<readonly AuditEntry[], undefined>(async (waiting) => {
    for (const together of batchesOf(waiting)) await audit.append(together);
    return waiting.map(() => undefined);
  });
  return (work) => work({ audit: { append: async (entries) => void (await appended([entries])) } });
}

/** More would hold up those who come next. */
const mostTogether = 5000;

function batchesOf(waiting: readonly (readonly AuditEntry[])[]): readonly (readonly AuditEntry[])[] {
  const batches: AuditEntry[][] = [];
  for (const entries of waiting) {
    const last = batches.at(-1);
    if (last && last.length + entries.length <= mostTogether) last.push(...entries);
    else batches.push([...entries]);
  }
  return batches;
}
