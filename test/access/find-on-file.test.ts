/** Finding who is meant in our directory: one, or nobody. */
import { expect, it } from 'vitest';
import { findByIdentifier, findPatient } from '../../src/access/find-on-file.ts';
import { asInstant } from '../../src/base/instant.ts';
import type { JsonObject } from '../../src/base/json.ts';
import type { StoredResource, StoredVersion } from '../../src/fhir/resource.ts';
import type { Question } from '../../src/fhir/search/search.ts';

const stored = (type: string, id: string, members: JsonObject = {}): StoredResource => ({
  type,
  id,
  version: 1,
  fhirVersion: '4.0',
  patient: undefined,
  status: undefined,
  resource: { resourceType: type, ...members },
  updatedAt: asInstant(0),
  filedBy: 'somebody',
});

/** Keeps what it was asked, and finds what it is told to. */
function directory(...found: readonly StoredResource[]) {
  const asked: Question[] = [];
  const read = async (type: string, id: string): Promise<StoredVersion | undefined> =>
    found.find((each) => each.type === type && each.id === id);
  const search = async (query: Question) => {
    asked.push(query);
    return { items: found, hasPrevious: false, hasNext: false };
  };
  return { asked, search, read };
}

it('a patient is found by reference, with the organization in whose care the record stands', async () => {
  const ann = stored('Patient', 'ann', { managingOrganization: { reference: 'Organization/a' } });
  const files = directory(ann);
  expect(await findPatient(files)('Patient/ann')).toEqual({
    reference: 'Patient/ann',
    organization: 'Organization/a',
  });
  expect(files.asked).toEqual([]);
});

it('but not once it was deleted', async () => {
  const deleted = { ...stored('Patient', 'ann'), deleted: true } as never as StoredVersion;
  const files = { ...directory(), read: async () => deleted };
  expect(await findPatient(files)('Patient/ann')).toBeUndefined();
});

it('and by identifier', async () => {
  const files = directory(stored('Patient', 'ann'));
  expect(await findPatient(files)('urn:mrn|4711')).toEqual({ reference: 'Patient/ann' });
  expect(files.asked).toEqual([
    { type: 'Patient', all: [{ kind: 'entry', any: ['identifier=urn:mrn|4711'] }] },
  ]);
});

it('a name that fits two is nobody', async () => {
  const files = directory(stored('Patient', 'ann'), stored('Patient', 'bob'));
  expect(await findPatient(files)('urn:mrn|1')).toBeUndefined();
});

it.each(['Practitioner/ann', 'ann', 'Patient/a\u0000b', 'urn:mrn|\u0000'])(
  '%j is looked for under no name',
  async (name) => {
    const files = directory();
    expect(await findPatient(files)(name)).toBeUndefined();
    expect(files.asked).toEqual([{ type: 'Patient', all: [{ kind: 'id', any: [] }] }]);
  },
);

it('an organization is found by any of its identifiers, by none it cannot have', async () => {
  const files = directory(stored('Organization', 'a'));
  expect(
    await findByIdentifier(files)('Organization', ['urn:ietf:rfc:3986|https://a.example', 'x|\u0000']),
  ).toBe('Organization/a');
  expect(files.asked).toEqual([
    {
      type: 'Organization',
      all: [{ kind: 'entry', any: ['identifier=urn:ietf:rfc:3986|https://a.example'] }],
    },
  ]);
  expect(await findByIdentifier(directory(stored('Organization', 'a')))('Organization', [])).toBeUndefined();
});
