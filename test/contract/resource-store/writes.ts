/** Resources to write, each under an id of its own. */
import { expect } from 'vitest';
import { asInstant } from '../../../src/base/instant.ts';
import type { ResourceStore, ResourceWrite } from '../../../src/fhir/resource-store.ts';
import { entryOf, type PageRequest, type Question } from '../../../src/fhir/search/search.ts';

export type StoreUnderTest = () => ResourceStore;

export const at = asInstant(Date.UTC(2026, 9, 1, 10) + 7);
export const all: PageRequest = { count: 1000, total: true };
let made = 0;

export const nextId = (): string => `c${++made}`;

export const bodyWith = (note: string): string => `{"resourceType":"Consent","note":"${note}"}`;

export const aWrite = (changes: Partial<ResourceWrite> = {}): ResourceWrite => {
  const text = changes.text ?? '{"resourceType":"Consent","status":"active"}';
  return {
    type: 'Consent',
    id: nextId(),
    fhirVersion: '4.0',
    patient: 'ann',
    status: 'active',
    index: { entries: [], dates: [] },
    text,
    at,
    filedBy: 'client-1',
    ...changes,
  };
};

export const withEntries = (...entries: readonly string[]) => ({ index: { entries, dates: [] } });

export const filing =
  (store: StoreUnderTest) =>
  async (changes: Partial<ResourceWrite> = {}): Promise<ResourceWrite> => {
    const write = aWrite(changes);
    expect(await store().create(write)).toMatchObject({ ok: true });
    return write;
  };

/** A patient in the care of an organization. */
export const inCareOf = async (store: StoreUnderTest, organization?: string): Promise<string> => {
  const id = nextId();
  const entries = organization === undefined ? [] : [entryOf.reference('organization', organization)];
  const text = '{"resourceType":"Patient"}';
  await filing(store)({
    type: 'Patient',
    id,
    patient: id,
    status: undefined,
    text,
    ...withEntries(...entries),
  });
  return id;
};

/** All of one type that carry the mark, and whatever else is asked. */
export const marked = (mark: string, ...more: Question['all']): Question => ({
  type: 'Consent',
  all: [{ kind: 'entry', any: [mark] }, ...more],
});
