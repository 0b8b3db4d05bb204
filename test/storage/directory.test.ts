import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asInstant } from '../../src/base/instant.ts';
import { entryOf } from '../../src/fhir/search.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { consentsOfPatient, readDirectory } from '../../src/storage/directory.ts';
import { resourceStore } from '../../src/storage/resources.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

let fresh: TestDatabase;
let open: ReturnType<typeof openDatabase>;

beforeAll(async () => {
  fresh = await freshDatabase();
  open = openDatabase(fresh.url, { connections: 3 });
});

afterAll(async () => {
  await open.close();
  await fresh.drop();
});

async function file(
  type: string,
  id: string,
  entries: readonly string[] = [],
  filed: { patient?: string; status?: string } = {},
) {
  const store = resourceStore(open.database, { random: (count) => new Uint8Array(randomBytes(count)) });
  const created = await store.create({
    type,
    id,
    fhirVersion: '4.0',
    patient: filed.patient,
    status: filed.status,
    index: { entries, dates: [] },
    text: JSON.stringify({ resourceType: type }),
    at: asInstant(0),
    filedBy: 'test',
  });
  expect(created.ok).toBe(true);
}

const { reference, token, code } = entryOf;
const partOf = (id: string) => [reference('partof', `Organization/${id}`)];
async function around(...seeds: readonly string[]): Promise<readonly string[]> {
  const found = await readDirectory(open.database).around(seeds);
  return found.map(({ type, id }) => `${type}/${id}`).sort();
}

test('an organization brings every organization above it, also when the chain closes on itself', async () => {
  await file('Organization', 'ward', partOf('house'));
  await file('Organization', 'house', partOf('group'));
  await file('Organization', 'group', partOf('ward'));
  await file('Organization', 'other');
  expect(await around('Organization/ward')).toEqual([
    'Organization/group',
    'Organization/house',
    'Organization/ward',
  ]);
});

test('a practitioner brings the roles on file and where they are held', async () => {
  await file('Practitioner', 'ada', [token('identifier', 'urn:x', '7'), code('identifier', '7')]);
  await file('Organization', 'clinic');
  await file('PractitionerRole', 'role', [
    reference('practitioner', 'Practitioner/ada'),
    reference('organization', 'Organization/clinic'),
  ]);
  const all = ['Organization/clinic', 'Practitioner/ada', 'PractitionerRole/role'];
  expect(await around('Practitioner/ada')).toEqual(all);
  expect(await around('urn:x|7')).toEqual(all);
  expect(await around(' 7')).toEqual(all);
  expect(await around('PractitionerRole/role')).toEqual(all);
});

test('a group is found, its members are not followed', async () => {
  await file('Practitioner', 'member');
  await file('Group', 'team', [reference('member', 'Practitioner/member')]);
  expect(await around('Group/team')).toEqual(['Group/team']);
});

test('names nobody bears bring nothing, nor do consents', async () => {
  await file('Consent', 'c', [token('identifier', 'urn:x', 'consent')], { patient: 'ann', status: 'active' });
  expect(await around()).toEqual([]);
  expect(
    await around('Organization/none', 'urn:x|none', 'Consent/c', 'urn:x|consent', 'a\0', 'nonsense', "';--"),
  ).toEqual([]);
});

test('consents that may be in force are the active ones and those without a status, of these patients', async () => {
  await file('Consent', 'active', [], { patient: 'bob', status: 'active' });
  await file('Consent', 'unknown', [], { patient: 'bob' });
  await file('Consent', 'ended', [], { patient: 'bob', status: 'inactive' });
  await file('Consent', 'draft', [], { patient: 'bob', status: 'draft' });
  await file('Consent', 'foreign', [], { patient: 'eve', status: 'active' });
  const found = await consentsOfPatient(open.database).mayBeInForce(['bob']);
  expect(found.map(({ id }) => id).sort()).toEqual(['active', 'unknown']);
});

test('the organization that cares for a patient is not what a decision asks for', async () => {
  await file('Organization', 'gp');
  await file('Patient', 'cared-for', [reference('organization', 'Organization/gp')], {
    patient: 'cared-for',
  });
  expect(await around('Patient/cared-for')).toEqual(['Patient/cared-for']);
});
