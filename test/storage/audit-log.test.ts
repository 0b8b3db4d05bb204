/** The audit log on PostgreSQL. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditLog, auditReader } from '../../src/storage/audit-log.ts';
import { type OpenDatabase, openDatabase } from '../../src/storage/database.ts';
import { resourceStore } from '../../src/storage/resources.ts';
import { anEntry } from '../audit/entries.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

let fresh: TestDatabase;
let open: OpenDatabase;
beforeAll(async () => {
  fresh = await freshDatabase();
  open = openDatabase(fresh.url, { connections: 2 });
});
afterAll(async () => {
  await open.close();
  await fresh.drop();
});

const page = { count: 10, offset: 0 };

describe('the audit log', () => {
  it('gives back what was appended, newest first', async () => {
    const entries = [anEntry(), anEntry({ outcome: 'deny', reason: 'no-consent', basis: [] }), anEntry()];
    await auditLog(open.database).append(entries);
    const reader = auditReader(open.database);
    expect(await reader.find({}, page)).toEqual({ entries: entries.toReversed(), total: 3 });
    expect(await reader.find({}, { count: 1, offset: 1 })).toEqual({ entries: [entries[1]], total: 3 });
    expect((await reader.find({ outcome: ['deny'] }, page)).entries).toEqual([entries[1]]);
  });

  it('finds by patient, client and id together', async () => {
    const circumstances = { door: 'uma', clientId: 'other', requestId: 'r' };
    const mine = anEntry({ patient: 'Patient/zoe', circumstances });
    await auditLog(open.database).append([
      mine,
      anEntry({ patient: 'Patient/zoe' }),
      anEntry({ circumstances }),
    ]);
    const find = async (query: Parameters<ReturnType<typeof auditReader>['find']>[0]) =>
      (await auditReader(open.database).find(query, page)).entries.map(({ id }) => id);
    expect(await find({ patient: ['Patient/zoe'], client: ['other'] })).toEqual([mine.id]);
    expect(await find({ id: [mine.id], patient: ['Patient/ann'] })).toEqual([]);
    expect(await find({ patient: [] })).toEqual([]);
  });

  it('finds those of patients in the care of an organization', async () => {
    const mine = anEntry({ patient: 'Patient/managed' });
    await auditLog(open.database).append([mine, anEntry({ patient: 'Patient/stray' })]);
    await resourceStore(open.database, { random: (count) => new Uint8Array(randomBytes(count)) }).create({
      type: 'Patient',
      id: 'managed',
      fhirVersion: '4.0',
      patient: 'managed',
      status: undefined,
      identifiers: [],
      resource: { resourceType: 'Patient', managingOrganization: { reference: 'Organization/h' } },
      at: mine.recordedAt,
      filedBy: 'registry',
    });
    const found = await auditReader(open.database).find({ managedBy: ['Organization/h'] }, page);
    expect(found).toEqual({ entries: [mine], total: 1 });
    expect((await auditReader(open.database).find({ managedBy: ['Organization/i'] }, page)).total).toBe(0);
  });

  it('loses an entry with the transaction it belongs to', async () => {
    const entry = anEntry({ patient: 'Patient/gone' });
    const act = open.database.transaction(async (tx) => {
      await auditLog(tx).append([entry]);
      throw new Error('the act failed');
    });
    await expect(act).rejects.toThrow('the act failed');
    expect((await auditReader(open.database).find({ id: [entry.id] }, page)).total).toBe(0);
  });

  it('takes nothing, and the same entry no second time', async () => {
    await auditLog(open.database).append([]);
    const entry = anEntry();
    await auditLog(open.database).append([entry]);
    await expect(auditLog(open.database).append([entry])).rejects.toThrow();
  });
});
