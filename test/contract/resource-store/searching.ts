/** Conditions, orders and pages of a search. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asInstant, plusSeconds } from '../../../src/base/instant.ts';
import { everything, type ResourceWrite } from '../../../src/fhir/resource-store.ts';
import type {
  Condition,
  Cursor,
  DateTest,
  PageRequest,
  Question,
  Sort,
} from '../../../src/fhir/search/search.ts';
import { corpus, patients, question, sorting } from './arbitrary-questions.ts';
import { type Corpus, scan } from './scan.ts';
import { all, at, aWrite, filing, marked, nextId, type StoreUnderTest, withEntries } from './writes.ts';

export function searching(store: StoreUnderTest): void {
  const filed = filing(store);
  const idsOf = async (asked: Question, order: readonly Sort[] = []) =>
    (await store().search(asked, order, all, everything)).items.map(({ id }) => id);

  /** A world of its own for each run: what other runs filed is told apart by a mark on everything. */
  const settle = async (writes: Corpus, mark: string): Promise<Corpus> => {
    const settled = writes.map((write) => ({
      ...write,
      id: write.type === 'Organization' ? `${mark}-${write.id}` : write.id,
      index: {
        dates: write.index.dates,
        entries: [
          mark,
          ...write.index.entries.map((entry) => entry.replace('Organization/', `Organization/${mark}-`)),
        ],
      },
    }));
    await store().putAll(settled);
    return settled;
  };

  describe('search', () => {
    it('joins the values of a condition by or, and conditions by and', async () => {
      const mark = nextId();
      const [first, second] = [nextId(), nextId()];
      const a = await filed({ patient: first, ...withEntries(mark, 'status=active') });
      const b = await filed({ patient: first, ...withEntries(mark, 'status=draft') });
      const c = await filed({ patient: second, ...withEntries(mark, 'status=active') });
      const both: Condition = { kind: 'patient', any: [first, second] };
      const active: Condition = { kind: 'entry', any: ['status=active'] };
      expect((await idsOf(marked(mark, both))).toSorted()).toEqual([a.id, b.id, c.id].toSorted());
      expect((await idsOf(marked(mark, both, active))).toSorted()).toEqual([a.id, c.id].toSorted());
      expect(await idsOf(marked(mark, both, { ...active, not: true }))).toEqual([b.id]);
      expect(
        await idsOf(marked(mark, { kind: 'id', any: [b.id, c.id] }, { kind: 'patient', any: [first] })),
      ).toEqual([b.id]);
      expect(await idsOf(marked(mark, { kind: 'patient', any: [] }))).toEqual([]);
    });

    it('is not led astray by any character', async () => {
      const odd = 'identifier=urn:x|{"a,b}\\ \'ü%_$1 NULL';
      const { id } = await filed(withEntries(odd));
      expect(await idsOf(marked(odd))).toEqual([id]);
      expect(await idsOf(marked('nothing', { kind: 'id', any: ["';--", 'a\0', '{}', 'NULL'] }))).toEqual([]);
      expect(await idsOf(marked('a\0'))).toEqual([]);
      expect(await idsOf(marked(odd, { kind: 'prefix', any: ['identifier=urn:x|{"a,b}\\ \'ü%'] }))).toEqual([
        id,
      ]);
      expect(await idsOf(marked(odd, { kind: 'prefix', any: ['identifier=%', 'a\0'] }))).toEqual([]);
    });

    const instant = (milliseconds: number) => asInstant(at + milliseconds);
    const asked = { start: instant(0), end: instant(10) };
    const ranges = {
      before: { start: instant(-9), end: instant(-1) },
      into: { start: instant(-9), end: instant(5) },
      within: { start: instant(0), end: instant(10) },
      outOf: { start: instant(5), end: instant(19) },
      after: { start: instant(11), end: instant(19) },
      around: { start: instant(-9), end: instant(19) },
      until: { end: instant(5) },
      since: { start: instant(5) },
      always: {},
    };
    it.each([
      ['eq', ['within']],
      ['ne', ['before', 'into', 'outOf', 'after', 'around', 'until', 'since', 'always']],
      ['gt', ['outOf', 'after', 'around', 'since', 'always']],
      ['lt', ['before', 'into', 'around', 'until', 'always']],
      ['ge', ['within', 'outOf', 'after', 'around', 'since', 'always']],
      ['le', ['before', 'into', 'within', 'around', 'until', 'always']],
      ['sa', ['after']],
      ['eb', ['before']],
      ['ap', ['into', 'within', 'outOf', 'around', 'until', 'since', 'always']],
    ] as const)('compares ranges by the prefix %s (FHIR R4 §3.1.1.4.6)', async (prefix, expected) => {
      const mark = nextId();
      const writes = Object.entries(ranges).map(([name, range]) =>
        aWrite({
          id: `${mark}-${name}`,
          index: { entries: [mark], dates: [{ parameter: 'period', ...range }] },
        }),
      );
      await store().putAll(writes);
      const condition: Condition = { kind: 'date', parameters: ['period'], any: [{ prefix, ...asked }] };
      expect(await idsOf(marked(mark, condition))).toEqual(expected.map((name) => `${mark}-${name}`));
      expect(await idsOf(marked(mark, { ...condition, parameters: ['date'] }))).toEqual([]);
    });

    it('compares when the current version was stored, to the millisecond', async () => {
      const mark = nextId();
      const { id } = await filed(withEntries(mark));
      const updated = (prefix: DateTest['prefix'], milliseconds: number) =>
        idsOf(
          marked(mark, {
            kind: 'updated',
            any: [{ prefix, start: instant(milliseconds), end: instant(milliseconds) }],
          }),
        );
      expect([await updated('eq', 0), await updated('eq', 1), await updated('ge', 0)]).toEqual([
        [id],
        [],
        [id],
      ]);
      expect([await updated('gt', 0), await updated('gt', -1), await updated('eb', 1)]).toEqual([
        [],
        [id],
        [id],
      ]);
    });

    it('takes dates at the ends of the calendar', async () => {
      const mark = nextId();
      const [first, last] = [asInstant(-62_135_596_800_000 - 5), asInstant(253_402_300_799_999 + 5)];
      const { id } = await filed({
        index: { entries: [mark], dates: [{ parameter: 'date', start: first, end: last }] },
      });
      for (const prefix of ['eq', 'ap', 'ge', 'le'] as const) {
        const any = [{ prefix, start: asInstant(first - 9e12), end: asInstant(last + 9e12) }];
        expect(await idsOf(marked(mark, { kind: 'date', parameters: ['date'], any }))).toEqual([id]);
      }
      expect(await idsOf(marked(mark), [{ by: { dates: ['date'] }, descending: true }])).toEqual([id]);
    });

    it('finds what a scan finds, in the same order', async () => {
      const findsTheSame = async (
        run: string,
        writes: Corpus,
        questions: readonly [Question, readonly Sort[]][],
      ) => {
        const settled = await settle(writes, run);
        for (const [asking, order] of questions) {
          const mine: Question = { ...asking, all: [...asking.all, { kind: 'entry', any: [run] }] };
          const expected = scan(settled, mine, order);
          const found = await store().search(mine, order, all, everything);
          expect(found.items.map(({ id }) => id)).toEqual(expected);
          expect(found.total).toBe(expected.length);
        }
      };
      await fc.assert(
        fc.asyncProperty(
          fc
            .constant(0)
            .map(() => nextId())
            .chain((run) =>
              fc.tuple(
                fc.constant(run),
                corpus(run),
                fc.array(fc.tuple(question(run), sorting), { minLength: 10, maxLength: 10 }),
              ),
            ),
          ([run, writes, questions]) => findsTheSame(run, writes, questions),
        ),
        { numRuns: 40, endOnFailure: true },
      );
    });
  });

  describe('paging', () => {
    /** Page by page until there is none, in either direction. */
    const onward = async (
      asking: Question,
      order: readonly Sort[],
      count: number,
      start?: PageRequest['from'],
    ): Promise<readonly (readonly string[])[]> => {
      const seen: string[][] = [];
      const isBack = start?.side === 'before';
      let from = start;
      for (;;) {
        const asked = { count, total: false, ...(from ? { from } : {}) };
        const page = await store().search(asking, order, asked, everything);
        expect(isBack ? page.hasNext : page.hasPrevious).toBe(from !== undefined);
        seen.push(page.items.map(({ id }) => id));
        const isLast = !(isBack ? page.hasPrevious : page.hasNext);
        expect(isLast || page.items.length === count).toBe(true);
        if (isLast || !page.ends) return seen;
        from = isBack
          ? { side: 'before', cursor: page.ends.first }
          : { side: 'after', cursor: page.ends.last };
      }
    };

    it('forward and backward covers a static set exactly once, whatever the order', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc
            .constant(0)
            .map(() => nextId())
            .chain((run) => fc.tuple(fc.constant(run), corpus(run))),
          sorting,
          fc.integer({ min: 1, max: 7 }),
          async ([run, writes], order, count) => {
            const settled = await settle(writes, run);
            const expected = scan(settled, marked(run), order);
            const forward = await onward(marked(run), order, count);
            expect(forward.flat()).toEqual(expected);
            const whole = await store().search(marked(run), order, all, everything);
            if (!whole.ends) return;
            const backward = await onward(marked(run), order, count, {
              side: 'before',
              cursor: whole.ends.last,
            });
            expect([...backward.toReversed().flat(), ...expected.slice(-1)]).toEqual(expected);
          },
        ),
        { numRuns: 40, endOnFailure: true },
      );
    });

    it('covers a large set exactly once', async () => {
      const mark = nextId();
      const writes = Array.from({ length: 1200 }, (_, n) =>
        aWrite({ at: plusSeconds(at, n), ...withEntries(mark) }),
      );
      await store().putAll(writes.slice(0, 600));
      await store().putAll(writes.slice(600));
      const ids = writes.map(({ id }) => id);
      expect((await onward(marked(mark), [], 150)).flat()).toEqual(ids);
      const newestFirst: readonly Sort[] = [{ by: '_lastUpdated', descending: true }];
      const pages = await onward(marked(mark), newestFirst, 500);
      expect(pages.flat()).toEqual(ids.toReversed());
      const total = { count: 1, total: true } as const;
      expect(await store().search(marked(mark), [], total, everything)).toMatchObject({ total: 1200 });
    });

    const five = async () => {
      const mark = nextId();
      const writes = Array.from({ length: 5 }, (_, n) =>
        aWrite({ at: plusSeconds(at, n), ...withEntries(mark) }),
      );
      for (const write of writes) await store().create(write);
      return { mark, ids: writes.map(({ id }) => id) };
    };

    it('says what lies on either side, and counts the whole where that is asked', async () => {
      const { mark, ids } = await five();
      const first = await store().search(marked(mark), [], { count: 2, total: true }, everything);
      expect(first).toMatchObject({ total: 5, hasPrevious: false, hasNext: true });
      expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2));
      const from = { side: 'after', cursor: first.ends?.last ?? [] } as const;
      const rest = await store().search(marked(mark), [], { count: 3, total: true, from }, everything);
      expect(rest).toMatchObject({ total: 5, hasPrevious: true, hasNext: false });
      expect(rest.items.map(({ id }) => id)).toEqual(ids.slice(2));
      const beyond = { side: 'after', cursor: rest.ends?.last ?? [] } as const;
      const none = await store().search(
        marked(mark),
        [],
        { count: 3, total: true, from: beyond },
        everything,
      );
      expect(none).toEqual({ items: [], total: 5, hasPrevious: true, hasNext: false });
    });

    it('stays where it was when others come and go', async () => {
      const { mark, ids } = await five();
      const first = await store().search(marked(mark), [], { count: 2, total: false }, everything);
      const gone = { type: 'Consent', id: ids[1] ?? '', at: plusSeconds(at, 9), filedBy: 'c' };
      await store().remove(gone, 1, everything);
      await filed({ at: plusSeconds(at, -9), ...withEntries(mark) });
      const from = { side: 'after', cursor: first.ends?.last ?? [] } as const;
      const second = await store().search(marked(mark), [], { count: 2, total: false, from }, everything);
      expect(second.items.map(({ id }) => id)).toEqual(ids.slice(2, 4));
    });

    it('answers a count of none with the total alone', async () => {
      const { mark } = await five();
      expect(await store().search(marked(mark), [], { count: 0, total: true }, everything)).toEqual({
        items: [],
        total: 5,
        hasPrevious: false,
        hasNext: false,
      });
    });

    it('finds nothing from a cursor that it never gave out', async () => {
      const { mark } = await five();
      const order: readonly Sort[] = [
        { by: '_lastUpdated', descending: true },
        { by: 'status', descending: false },
      ];
      const key = '018f0000-0000-7000-8000-000000000000';
      const cursors: readonly Cursor[] = [
        [],
        [key],
        [null, null, key],
        ['2026', null, 'x'],
        ['2026-01-01', null, key],
        ['1', 'a\0', key],
        ['1', 'a', null],
        ['1', 'a', key, key],
        ['1e3', 'a', key],
      ];
      for (const cursor of cursors) {
        for (const side of ['after', 'before'] as const) {
          const page: PageRequest = { count: 5, total: true, from: { side, cursor } };
          expect(await store().search(marked(mark), order, page, everything)).toEqual({
            items: [],
            total: 5,
            hasPrevious: false,
            hasNext: false,
          });
        }
      }
    });
  });

  it('reach is one more condition of a scan', async () => {
    const within = (write: ResourceWrite) => write.patient === 'ann' || write.patient === 'eve';
    await fc.assert(
      fc.asyncProperty(
        fc
          .constant(0)
          .map(() => nextId())
          .chain((run) => fc.tuple(fc.constant(run), corpus(run), question(run), sorting)),
        async ([run, writes, asking, order]) => {
          const settled = await settle(writes, run);
          const mine: Question = {
            ...asking,
            all: [...asking.all.filter(({ kind }) => kind !== 'chain'), { kind: 'entry', any: [run] }],
          };
          const reach = { patients: patients.filter((patient) => patient !== 'bob') };
          const found = await store().search(mine, order, all, reach);
          expect(found.items.map(({ id }) => id)).toEqual(scan(settled.filter(within), mine, order));
        },
      ),
      { numRuns: 30, endOnFailure: true },
    );
  });
}
