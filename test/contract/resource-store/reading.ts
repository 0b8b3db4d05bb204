/** Reading versions, and histories page by page. */
import { describe, expect, it } from 'vitest';
import { asInstant, plusSeconds } from '../../../src/base/instant.ts';
import { isDeletion } from '../../../src/fhir/resource.ts';
import { everything, type HistoryQuery } from '../../../src/fhir/resource-store.ts';
import type { DateTest, PageRequest } from '../../../src/fhir/search/search.ts';
import { all, at, filing, nextId, type StoreUnderTest } from './writes.ts';

export function reading(store: StoreUnderTest): void {
  const filed = filing(store);
  const withVersions = async (count: number, type = 'Consent') => {
    const write = await filed({ type });
    for (let version = 1; version < count; version++) {
      await store().update({ ...write, at: plusSeconds(at, version) }, version, everything);
    }
    return write;
  };
  const versions = async (query: HistoryQuery, page: PageRequest = all) =>
    (await store().history(query, page, everything)).items.map(({ version }) => version);

  it('finds nothing under an id or version that never was', async () => {
    const { id } = await filed();
    for (const unknown of [nextId(), 'a\0b', '']) {
      expect(await store().read('Consent', unknown, everything)).toBeUndefined();
      expect(await store().readVersion('Consent', unknown, 1, everything)).toBeUndefined();
      expect(await store().history({ type: 'Consent', id: unknown }, all, everything)).toEqual({
        items: [],
        total: 0,
        hasPrevious: false,
        hasNext: false,
      });
    }
    for (const version of [0, 2, -1, 1.5, 2 ** 31, Number.NaN]) {
      expect(await store().readVersion('Consent', id, version, everything)).toBeUndefined();
    }
  });

  describe('history', () => {
    it('lists every version, newest first, the deletion included', async () => {
      const { id } = await withVersions(3);
      await store().remove({ type: 'Consent', id, at: plusSeconds(at, 9), filedBy: 'c' }, 3, everything);
      const { items, total } = await store().history({ type: 'Consent', id }, all, everything);
      expect(items.map(({ version }) => version)).toEqual([4, 3, 2, 1]);
      expect(items.map(isDeletion)).toEqual([true, false, false, false]);
      expect(total).toBe(4);
    });

    it('goes forward and backward a page at a time', async () => {
      const query = { type: 'Consent', id: (await withVersions(5)).id };
      const first = await store().history(query, { count: 2, total: false }, everything);
      expect(first).toMatchObject({
        hasPrevious: false,
        hasNext: true,
        items: [{ version: 5 }, { version: 4 }],
      });
      expect(first).not.toHaveProperty('total');
      const cursor = first.ends?.last ?? [];
      const second = await store().history(
        query,
        { count: 3, total: true, from: { side: 'after', cursor } },
        everything,
      );
      expect(second).toMatchObject({ hasPrevious: true, hasNext: false, total: 5 });
      expect(second.items.map(({ version }) => version)).toEqual([3, 2, 1]);
      const back = { side: 'before', cursor: second.ends?.first ?? [] } as const;
      expect(await store().history(query, { count: 2, total: false, from: back }, everything)).toEqual(first);
      const nearest = await store().history(query, { count: 1, total: false, from: back }, everything);
      expect(nearest).toMatchObject({ hasPrevious: true, hasNext: true, items: [{ version: 4 }] });
    });

    it('has a last page, and an other end to begin at', async () => {
      const query = { type: 'Consent', id: (await withVersions(5)).id };
      const from = { side: 'before' } as const;
      const last = await store().history(query, { count: 2, total: true, from }, everything);
      expect(last).toMatchObject({ hasPrevious: true, hasNext: false, total: 5 });
      expect(last.items.map(({ version }) => version)).toEqual([2, 1]);
      const oldest = await store().history(
        { ...query, oldestFirst: true },
        { count: 3, total: false },
        everything,
      );
      expect(oldest.items.map(({ version }) => version)).toEqual([1, 2, 3]);
      expect(oldest).toMatchObject({ hasPrevious: false, hasNext: true });
    });

    it('of a type has the versions of each resource in their order, also within a millisecond', async () => {
      const type = `T${nextId()}`;
      const writes = await Promise.all([1, 2, 3].map(() => filed({ type })));
      for (const version of [1, 2, 3, 4]) {
        await Promise.all(writes.map((write) => store().update(write, version, everything)));
      }
      const found = await store().history({ type }, all, everything);
      expect(found.total).toBe(15);
      for (const { id } of writes) {
        const own = found.items.filter((item) => item.id === id);
        expect(own.map(({ version }) => version)).toEqual([5, 4, 3, 2, 1]);
      }
      const seen: string[] = [];
      let page = await store().history({ type }, { count: 4, total: false }, everything);
      while (page.items.length > 0) {
        seen.push(...page.items.map(({ id, version }) => `${id} ${version}`));
        const from = { side: 'after', cursor: page.ends?.last ?? [] } as const;
        page = await store().history({ type }, { count: 4, total: false, from }, everything);
      }
      expect(seen).toEqual(found.items.map(({ id, version }) => `${id} ${version}`));
    });

    it('can be limited to when versions were stored', async () => {
      const query = { type: 'Consent', id: (await withVersions(4)).id };
      const test = (prefix: DateTest['prefix'], seconds: number): DateTest => ({
        prefix,
        start: plusSeconds(at, seconds),
        end: plusSeconds(at, seconds),
      });
      expect(await versions({ ...query, stored: [test('ge', 2)] })).toEqual([4, 3]);
      expect(await versions({ ...query, stored: [test('ge', 1), test('lt', 3)] })).toEqual([3, 2]);
      expect(await versions({ ...query, stored: [test('gt', 3)] })).toEqual([]);
    });

    it('can be limited to what was current at some time in a range', async () => {
      const { id } = await withVersions(4);
      await store().remove({ type: 'Consent', id, at: plusSeconds(at, 4), filedBy: 'c' }, 4, everything);
      const current = (from: number, to: number) =>
        versions({
          type: 'Consent',
          id,
          current: { start: asInstant(at + from), end: asInstant(at + to) },
        });
      expect(await current(-1, -1)).toEqual([]);
      expect(await current(0, 0)).toEqual([1]);
      expect(await current(1500, 1500)).toEqual([2]);
      expect(await current(500, 2000)).toEqual([3, 2, 1]);
      expect(await current(999, 999)).toEqual([1]);
      expect(await current(1000, 1000)).toEqual([2]);
      expect(await current(90_000, 99_000)).toEqual([5]);
    });

    it('answers a count of none with the total alone, and a cursor of nobody with nothing', async () => {
      const query = { type: 'Consent', id: (await withVersions(2)).id };
      const nothing = { items: [], hasPrevious: false, hasNext: false };
      expect(await store().history(query, { count: 0, total: true }, everything)).toEqual({
        ...nothing,
        total: 2,
      });
      for (const cursor of [[], ['x'], [null], ['1', '2'], ["1'"], ['99999999999']]) {
        const page: PageRequest = { count: 5, total: false, from: { side: 'after', cursor } };
        expect(await store().history(query, page, everything)).toEqual(nothing);
      }
    });
  });
}
