/** Whose AuditEvents a caller is shown (interfaces.md, Scopes). */
import { describe, expect, it } from 'vitest';
import type { AuditQuery, AuditReader } from '../../../src/audit/audit-log.ts';
import { findAuditEvents } from '../../../src/protocols/fhir-api/audit/read-audit.ts';

/** What the audit log is asked on behalf of a caller. */
async function askedFor(caller: Parameters<typeof findAuditEvents>[1], query: AuditQuery) {
  const asked: AuditQuery[] = [];
  const audit: AuditReader = {
    find: async (each) => {
      asked.push(each);
      return { items: [], hasPrevious: false, hasNext: false };
    },
  };
  await findAuditEvents({ audit }, caller, query, { count: 1, total: false });
  return asked;
}

const clientId = 'c';
const patients = ['Patient/ann', 'Patient/bob'];
const organizations = ['Organization/h'];

describe('a search of the audit log', () => {
  it('of a client limited to patients is about these alone, whatever it asks', async () => {
    expect(await askedFor({ clientId, patients }, {})).toEqual([{ patient: patients }]);
    expect(await askedFor({ clientId, patients }, { id: ['e1'] })).toEqual([
      { id: ['e1'], patient: patients },
    ]);
    expect(await askedFor({ clientId, patients }, { patient: ['Patient/bob', 'Patient/eve'] })).toEqual([
      { patient: ['Patient/bob'] },
    ]);
    expect(await askedFor({ clientId, patients }, { patient: ['Patient/eve'] })).toEqual([{ patient: [] }]);
    expect(await askedFor({ clientId, patients: [] }, {})).toEqual([{ patient: [] }]);
  });

  it('of a client limited to organizations is about their patients alone', async () => {
    expect(await askedFor({ clientId, organizations }, { patient: ['Patient/eve'] })).toEqual([
      { patient: ['Patient/eve'], managedBy: organizations },
    ]);
  });

  it('of what was kept from a patient finds nothing for whoever acts for patients (R-26)', async () => {
    const review = [['withheld-from-patient', 'conflict'], ['withheld-from-patient']] as const;
    expect(await askedFor({ clientId, patients }, { review })).toEqual([
      { patient: patients, review: [['conflict'], []] },
    ]);
    expect(await askedFor({ clientId, organizations }, { review })).toEqual([
      { managedBy: organizations, review },
    ]);
    expect(await askedFor({ clientId }, { review })).toEqual([{ review }]);
  });

  it('of a client without limits is as it was asked', async () => {
    expect(await askedFor({ clientId }, { action: ['D'] })).toEqual([{ action: ['D'] }]);
  });
});
