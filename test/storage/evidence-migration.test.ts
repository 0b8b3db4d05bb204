/** The migration that lets a decision be asked as of an earlier instant: versions from before it are found as well as can be. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asInstant } from '../../src/base/instant.ts';
import { type OpenDatabase, openDatabase } from '../../src/storage/database.ts';
import { readEvidence } from '../../src/storage/evidence.ts';
import { resourcesToIndex } from '../../src/storage/reindex.ts';
import { aConsent, aResource, called, type Filing, filing, to } from '../contract/read-evidence/filing.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

const migration = new URL('../../drizzle/0002_evidence_as_of.sql', import.meta.url);
const then = asInstant(Date.UTC(2027, 0, 1));

let fresh: TestDatabase;
let open: OpenDatabase;
let files: Filing;

beforeAll(async () => {
  fresh = await freshDatabase();
  open = openDatabase(fresh.url, { connections: 1 });
  files = filing(open.database);
});
afterAll(async () => {
  await open.close();
  await fresh.drop();
});

const entriesOfVersions = () =>
  open.client`select type, id, version, decision_entries from resource_history order by type, id, version`;

test('versions from before have the entries of what is current, those of the deleted none', async () => {
  await files.create(aResource('Patient/ann', { identifier: [called('ann')] }));
  await files.create(aResource('Practitioner/gone', { identifier: [called('gone')] }));
  await files.remove('Practitioner/gone');
  await files.create(aResource('Group/g', { name: 'g', member: [{ entity: to('Patient/ann') }] }));
  await files.create(aConsent('c', to('Group/g')));
  await files.update(aConsent('c', to('Group/g'), { decision: 'deny' }));
  const written = (await entriesOfVersions()).filter(({ id }) => id !== 'gone');
  const asked = async () => (await readEvidence(open.database).ofPatients(['ann'], then))[0];
  const before = await asked();
  expect(before?.found.map(({ id, version }) => `${id}:${version}`).sort()).toEqual(['ann:1', 'c:2', 'g:1']);

  await open.client`alter table resource_history drop column decision_entries`;
  for (const statement of (await readFile(migration, 'utf8')).split('--> statement-breakpoint'))
    await open.client.unsafe(statement);
  expect((await entriesOfVersions()).filter(({ id }) => id !== 'gone')).toEqual(written);
  expect(await asked()).toEqual(before);
});

test('what is indexed anew is found anew, in its current version', async () => {
  await files.create(aResource('Device/d', { identifier: [called('old')] }));
  const [device] = await readEvidence(open.database).around([['Device/d']]);
  const index = { entries: ['identifier=urn:x|new', 'status=active'], dates: [] };
  await resourcesToIndex(open.database).reindexed([{ type: 'Device', id: 'd', version: 1, index }]);
  const found = async (seed: string) => (await readEvidence(open.database).around([[seed]], then))[0]?.found;
  expect(await found('urn:x|new')).toEqual(device?.found);
  expect(await found('urn:x|old')).toEqual([]);
  const [row] = await open.client`select decision_entries from resource_history where id = 'd'`;
  expect(row?.['decision_entries']).toEqual(['identifier=urn:x|new']);
});
