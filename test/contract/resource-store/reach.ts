/** Nothing outside the reach is found, by any verb. */
import { describe, expect, it } from 'vitest';
import { plusSeconds } from '../../../src/base/instant.ts';
import { everything, type Reach, type ResourceWrite } from '../../../src/fhir/resource-store.ts';
import { entryOf } from '../../../src/fhir/search/search.ts';
import { all, at, filing, inCareOf, marked, nextId, type StoreUnderTest, withEntries } from './writes.ts';

export function reach(store: StoreUnderTest): void {
  const filed = filing(store);
  const later = plusSeconds(at, 60);
  const removalOf = ({ type, id }: ResourceWrite) => ({ type, id, at: later, filedBy: 'c' });

  const expectFound = async (write: ResourceWrite, mark: string, within: Reach) => {
    const { type, id } = write;
    expect(await store().read(type, id, within)).toBeDefined();
    expect(await store().readVersion(type, id, 1, within)).toBeDefined();
    expect((await store().history({ type, id }, all, within)).total).toBe(1);
    const found = await store().search(marked(mark, { kind: 'id', any: [id] }), [], all, within);
    expect([found.items.length, found.total]).toEqual([1, 1]);
    const types = { open: [], withinReach: [type] };
    const inclusion = { references: [`${type}/${id}`], follow: [], types, atMost: 5 };
    expect(await store().include(inclusion, within)).toHaveLength(1);
    expect(await store().update(write, 7, within)).toEqual({ ok: false, failure: 'stale' });
    expect(await store().remove(removalOf(write), 7, within)).toEqual({ ok: false, failure: 'stale' });
    expect(await store().update(write, 1, within)).toMatchObject({ ok: true });
    expect(await store().remove(removalOf(write), 2, within)).toMatchObject({ ok: true });
    expect(await store().read(type, id, within)).toMatchObject({ deleted: true });
  };

  const expectHidden = async (write: ResourceWrite, mark: string, within: Reach) => {
    const { type, id } = write;
    expect(await store().read(type, id, within)).toBeUndefined();
    expect(await store().readVersion(type, id, 1, within)).toBeUndefined();
    const history = await store().history({ type, id }, all, within);
    expect([history.items.length, history.total]).toEqual([0, 0]);
    expect((await store().history({ type, id }, { count: 0, total: true }, within)).total).toBe(0);
    const found = await store().search(marked(mark, { kind: 'id', any: [id] }), [], all, within);
    expect([found.items.length, found.total]).toEqual([0, 0]);
    const types = { open: [], withinReach: [type] };
    const inclusion = { references: [`${type}/${id}`], follow: [], types, atMost: 5 };
    expect(await store().include(inclusion, within)).toEqual([]);
    expect(await store().update(write, 1, within)).toEqual({ ok: false, failure: 'missing' });
    expect(await store().update(write, 7, within)).toEqual({ ok: false, failure: 'missing' });
    expect(await store().remove(removalOf(write), 1, within)).toEqual({ ok: false, failure: 'missing' });
    expect(await store().read(type, id, everything)).toMatchObject({ version: 1 });
  };

  describe('reach', () => {
    it('of some patients hides what is about others or about nobody', async () => {
      const mark = nextId();
      const [ann, bob] = [nextId(), nextId()];
      const within = { patients: [ann, nextId()] };
      await expectHidden(await filed({ patient: bob, ...withEntries(mark) }), mark, within);
      await expectHidden(await filed({ patient: undefined, ...withEntries(mark) }), mark, within);
      await expectFound(await filed({ patient: ann, ...withEntries(mark) }), mark, within);
    });

    it('of no patients hides all', async () => {
      const mark = nextId();
      await expectHidden(await filed(withEntries(mark)), mark, { patients: [] });
      await expectHidden(await filed(withEntries(mark)), mark, { organizations: [] });
    });

    it('of organizations is that of the patients in their care', async () => {
      const mark = nextId();
      const within = { organizations: ['Organization/h', 'Organization/i'] };
      const [own, other, nobodys] = [
        await inCareOf(store, 'Organization/h'),
        await inCareOf(store, 'Organization/j'),
        await inCareOf(store),
      ];
      for (const patient of [other, nobodys, 'not-on-file', undefined]) {
        await expectHidden(await filed({ patient, ...withEntries(mark) }), mark, within);
      }
      await expectFound(await filed({ patient: own, ...withEntries(mark) }), mark, within);
      const patients = { type: 'Patient', all: [{ kind: 'id', any: [own, other, nobodys] }] } as const;
      const found = await store().search(patients, [], all, within);
      expect(found.items.map(({ id }) => id)).toEqual([own]);
    });

    it('of organizations counts for nothing where patients are listed', async () => {
      const [own, other] = [await inCareOf(store, 'Organization/k'), await inCareOf(store, 'Organization/k')];
      const within = { patients: [own], organizations: ['Organization/k'] };
      expect(await store().read('Patient', own, within)).toBeDefined();
      expect(await store().read('Patient', other, within)).toBeUndefined();
    });

    it('does not show an old version for a new one that is outside', async () => {
      const write = await filed({ patient: 'moved-ann' });
      await store().update({ ...write, patient: 'moved-bob' }, 1, everything);
      expect(await store().read('Consent', write.id, { patients: ['moved-ann'] })).toBeUndefined();
      expect(await store().read('Consent', write.id, { patients: ['moved-bob'] })).toMatchObject({
        version: 2,
      });
    });

    it('holds for what a chain leads to, except for a directory that is about nobody', async () => {
      const [mark, name] = [nextId(), nextId()];
      const identifier = entryOf.token('identifier', 'urn:x', name);
      const group = await filed({ type: 'Group', patient: 'chain-bob', ...withEntries(identifier) });
      const house = await filed({ type: 'Organization', patient: undefined, ...withEntries(identifier) });
      const naming = (reference: string) =>
        filed({ patient: 'chain-ann', ...withEntries(mark, entryOf.reference('actor', reference)) });
      const [toGroup, toHouse] = [
        await naming(`Group/${group.id}`),
        await naming(`Organization/${house.id}`),
      ];
      const chain = {
        kind: 'chain',
        parameters: ['actor'],
        types: ['Group', 'Organization'],
        any: [identifier],
      } as const;
      const idsWithin = async (within: Reach) =>
        (await store().search(marked(mark, chain), [], all, within)).items.map(({ id }) => id);
      expect(await idsWithin({ patients: ['chain-ann'] })).toEqual([toHouse.id]);
      expect((await idsWithin({ patients: ['chain-ann', 'chain-bob'] })).toSorted()).toEqual(
        [toGroup.id, toHouse.id].toSorted(),
      );
    });
  });
}
