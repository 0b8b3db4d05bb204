/** The contract of ReadEvidence, on PostgreSQL. */
import { afterAll, beforeAll, describe } from 'vitest';
import type { ReadEvidence } from '../../src/access/evidence.ts';
import { type OpenDatabase, openDatabase } from '../../src/storage/database.ts';
import { readEvidence } from '../../src/storage/evidence.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { type Filing, filing } from './read-evidence/filing.ts';
import { readEvidenceContract } from './read-evidence.ts';

describe('the evidence on PostgreSQL', () => {
  let fresh: TestDatabase;
  let open: OpenDatabase;
  let evidence: ReadEvidence;
  let files: Filing;

  beforeAll(async () => {
    fresh = await freshDatabase();
    open = openDatabase(fresh.url, { connections: 3 });
    evidence = readEvidence(open.database);
    files = filing(open.database);
  });
  afterAll(async () => {
    await open.close();
    await fresh.drop();
  });

  readEvidenceContract(
    () => evidence,
    () => files,
  );
});
