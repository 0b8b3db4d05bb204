/** Creating, updating, ending, and putting many at once. */
import { describe, expect, it } from 'vitest';
import { plusSeconds } from '../../../src/base/instant.ts';
import { parseVerbatim } from '../../../src/base/verbatim-json.ts';
import { everything, type Put, type ResourceWrite } from '../../../src/fhir/resource-store.ts';
import { all, at, aWrite, bodyWith, filing, nextId, type StoreUnderTest, withEntries } from './writes.ts';

const outcomesOf = (puts: readonly Put[]) => puts.map(({ outcome }) => outcome);

export function writing(store: StoreUnderTest): void {
  const filed = filing(store);
  const removal = (id: string) => ({ type: 'Consent', id, at: plusSeconds(at, 60), filedBy: 'client-2' });
  const versions = async (id: string) =>
    (await store().history({ type: 'Consent', id }, all, everything)).items.map(({ version }) => version);
  const found = async (mark: string) => {
    const question = { type: 'Consent', all: [{ kind: 'entry' as const, any: [mark] }] };
    return (await store().search(question, [], all, everything)).items.map(({ id }) => id);
  };

  describe('create', () => {
    it('answers with version 1 of what was given, as it is read afterwards', async () => {
      const write = aWrite();
      const created = await store().create(write);
      expect(created).toEqual({
        ok: true,
        value: {
          type: 'Consent',
          id: write.id,
          version: 1,
          fhirVersion: '4.0',
          patient: 'ann',
          status: 'active',
          resource: parseVerbatim(write.text),
          updatedAt: at,
          filedBy: 'client-1',
        },
      });
      expect({ ok: true, value: await store().read('Consent', write.id, everything) }).toEqual(created);
    });

    it('refuses an id that exists and leaves what is there', async () => {
      const { id } = await filed({ text: bodyWith('first') });
      const second = aWrite({ id, text: bodyWith('second') });
      expect(await store().create(second)).toEqual({ ok: false, failure: 'taken' });
      expect(await store().read('Consent', id, everything)).toMatchObject({ resource: { note: 'first' } });
      expect(await versions(id)).toEqual([1]);
    });

    it('refuses an id that was in use once', async () => {
      const { id } = await filed();
      await store().remove(removal(id), 1, everything);
      expect(await store().create(aWrite({ id }))).toEqual({ ok: false, failure: 'taken' });
    });

    it('lets one of twenty through who come with one id', async () => {
      const id = nextId();
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => store().create(aWrite({ id }))));
      expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
      expect(await versions(id)).toEqual([1]);
    });

    it('keeps ids of different types apart', async () => {
      const { id } = await filed();
      await filed({ type: 'Patient', id, text: '{"resourceType":"Patient"}' });
      expect(await store().read('Patient', id, everything)).toMatchObject({
        resource: { resourceType: 'Patient' },
      });
    });

    it('keeps order, digits and every character', async () => {
      const text =
        '{ "resourceType":"Consent","z":1.10,\n"a":{"y":"\\u0000 \\"ü 😀\\\\","b":[null, 1e3,12345678901234567890]},"m":"2"}';
      const compact =
        '{"resourceType":"Consent","z":1.10,"a":{"y":"\\u0000 \\"ü 😀\\\\","b":[null,1e3,12345678901234567890]},"m":"2"}';
      const { id } = await filed({ text });
      const read = await store().read('Consent', id, everything);
      expect(JSON.stringify(read && 'resource' in read && read.resource)).toBe(compact);
    });

    it('keeps a resource that is about no patient and has no status', async () => {
      const { id } = await filed({ patient: undefined, status: undefined });
      expect(await store().read('Consent', id, everything)).toMatchObject({
        patient: undefined,
        status: undefined,
      });
    });

    it('takes an entry of any length, and dates that repeat or never end', async () => {
      const entry = `identifier=urn:x|${'ü'.repeat(20_000)}`;
      const dates = [
        { parameter: 'period' },
        { parameter: 'period' },
        { parameter: 'date', start: at, end: at },
      ];
      const { id } = await filed({ index: { entries: [entry, `${entry}1`], dates } });
      expect(await found(entry)).toEqual([id]);
      expect(await found(`${entry}2`)).toEqual([]);
    });
  });

  describe('update', () => {
    it('makes the next version the current one and keeps the one before', async () => {
      const write = await filed({ text: bodyWith('first') });
      const later = plusSeconds(at, 60);
      const next = aWrite({
        id: write.id,
        at: later,
        fhirVersion: '5.0',
        status: 'inactive',
        patient: 'bob',
        filedBy: 'client-2',
        text: bodyWith('second'),
      });
      const updated = await store().update(next, 1, everything);
      expect(updated).toMatchObject({
        ok: true,
        value: { version: 2, updatedAt: later, filedBy: 'client-2' },
      });
      expect({ ok: true, value: await store().read('Consent', write.id, everything) }).toEqual(updated);
      expect(await store().readVersion('Consent', write.id, 1, everything)).toMatchObject({
        version: 1,
        fhirVersion: '4.0',
        status: 'active',
        patient: 'ann',
        resource: { note: 'first' },
        updatedAt: at,
      });
    });

    it('is found by the new entries and dates, and no longer by the old ones', async () => {
      const [old, same, fresh] = [nextId(), nextId(), nextId()];
      const day = (n: number) => ({ parameter: old, start: plusSeconds(at, n), end: plusSeconds(at, n) });
      const { id } = await filed({ index: { entries: [old, same], dates: [day(1), day(2)] } });
      const next = aWrite({ id, index: { entries: [same, fresh], dates: [day(2), day(3)] } });
      await store().update(next, 1, everything);
      expect([await found(old), await found(same), await found(fresh)]).toEqual([[], [id], [id]]);
      const dated = async (n: number) => {
        const test = { prefix: 'eq', start: plusSeconds(at, n), end: plusSeconds(at, n) } as const;
        const condition = { kind: 'date', parameters: [old], any: [test] } as const;
        const page = await store().search({ type: 'Consent', all: [condition] }, [], all, everything);
        return page.total;
      };
      expect([await dated(1), await dated(2), await dated(3)]).toEqual([0, 1, 1]);
    });

    it('refuses when another version is current, and changes nothing', async () => {
      const write = await filed({ text: bodyWith('first') });
      const next = { ...write, text: bodyWith('lost') };
      expect(await store().update(next, 2, everything)).toEqual({ ok: false, failure: 'stale' });
      expect(await store().read('Consent', write.id, everything)).toMatchObject({
        resource: { note: 'first' },
      });
      expect(await versions(write.id)).toEqual([1]);
    });

    it('does not let time go back', async () => {
      const write = await filed();
      const updated = await store().update({ ...write, at: plusSeconds(at, -60) }, 1, everything);
      expect(updated).toMatchObject({ ok: true, value: { version: 2, updatedAt: at } });
    });

    it('lets one of fifty writers who expect the same version through', async () => {
      const write = await filed();
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, (_, n) =>
          store().update({ ...write, text: bodyWith(`writer ${n}`) }, 1, everything),
        ),
      );
      expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
      expect(outcomes.filter((outcome) => !outcome.ok && outcome.failure === 'stale')).toHaveLength(49);
      expect(await versions(write.id)).toEqual([2, 1]);
    });

    it('loses none of fifty increments that retry when they come too late', async () => {
      const counting = (count: number) => `{"resourceType":"Consent","count":${count}}`;
      const write = await filed({ text: counting(0) });
      const increment = async (): Promise<void> => {
        const current = await store().read('Consent', write.id, everything);
        const count = current && 'resource' in current ? Number(current.resource['count']) : Number.NaN;
        const next = { ...write, text: counting(count + 1) };
        const outcome = await store().update(next, current?.version ?? 0, everything);
        if (!outcome.ok) await increment();
      };
      await Promise.all(Array.from({ length: 50 }, increment));
      expect(await store().read('Consent', write.id, everything)).toMatchObject({
        version: 51,
        resource: { count: 50 },
      });
    });
  });

  describe('remove', () => {
    it('ends the resource with a version that says so, and keeps every earlier one', async () => {
      const mark = nextId();
      const write = await filed(withEntries(mark));
      expect(await store().remove(removal(write.id), 1, everything)).toEqual({ ok: true, value: undefined });
      const deletion = {
        type: 'Consent',
        id: write.id,
        version: 2,
        fhirVersion: '4.0',
        patient: 'ann',
        updatedAt: plusSeconds(at, 60),
        filedBy: 'client-2',
        deleted: true,
      };
      expect(await store().read('Consent', write.id, everything)).toEqual(deletion);
      expect(await store().readVersion('Consent', write.id, 2, everything)).toEqual(deletion);
      expect(await store().readVersion('Consent', write.id, 1, everything)).toMatchObject({
        resource: parseVerbatim(write.text),
      });
      expect(await versions(write.id)).toEqual([2, 1]);
      expect(await found(mark)).toEqual([]);
    });

    it('refuses a version that is not current, and what is gone or never was', async () => {
      const { id } = await filed();
      expect(await store().remove(removal(id), 2, everything)).toEqual({ ok: false, failure: 'stale' });
      expect(await store().remove(removal(nextId()), 1, everything)).toEqual({
        ok: false,
        failure: 'missing',
      });
      await store().remove(removal(id), 1, everything);
      expect(await store().remove(removal(id), 2, everything)).toEqual({ ok: false, failure: 'missing' });
      expect(await store().update(aWrite({ id }), 2, everything)).toEqual({ ok: false, failure: 'missing' });
    });
  });

  describe('putting many', () => {
    it('creates what is new, updates what changed, and leaves what is the same', async () => {
      const [same, changed] = [await filed(), await filed(withEntries('old-entry'))];
      const fresh = aWrite({ index: { entries: [], dates: [{ parameter: 'date', start: at }] } });
      const mark = nextId();
      const batch = [
        { ...same, at: plusSeconds(at, 9) },
        fresh,
        { ...changed, text: bodyWith('changed'), at: plusSeconds(at, 9), ...withEntries(mark) },
      ];
      expect(outcomesOf(await store().putAll(batch))).toEqual(['unchanged', 'created', 'updated']);
      expect(await store().read('Consent', same.id, everything)).toMatchObject({ version: 1, updatedAt: at });
      expect(await store().read('Consent', fresh.id, everything)).toMatchObject({
        version: 1,
        resource: parseVerbatim(fresh.text),
      });
      expect(await store().read('Consent', changed.id, everything)).toMatchObject({
        version: 2,
        updatedAt: plusSeconds(at, 9),
        resource: { note: 'changed' },
      });
      expect(await found(mark)).toEqual([changed.id]);
      expect(outcomesOf(await store().putAll(batch))).toEqual(['unchanged', 'unchanged', 'unchanged']);
      expect(await versions(changed.id)).toEqual([2, 1]);
    });

    it('keeps the text letter by letter', async () => {
      const text = '{ "resourceType" : "Consent", "n":1.10, "s":"\\u0000\\"\\\\ü😀" }';
      const write = aWrite({ text });
      expect(outcomesOf(await store().putAll([write, { ...write }]))).toEqual(['created', 'unchanged']);
      const read = await store().read('Consent', write.id, everything);
      expect(JSON.stringify(read && 'resource' in read && read.resource)).toBe(
        '{"resourceType":"Consent","n":1.10,"s":"\\u0000\\"\\\\ü😀"}',
      );
    });

    const resource = (members: string) => `{"resourceType":"Consent"${members}}`;
    it.each([
      [
        'no meta',
        resource(',"a":1'),
        resource(',"id":"x","meta":{"versionId":"1","lastUpdated":"2026"},"a":1'),
      ],
      [
        'meta of its own',
        resource(',"meta":{"source":"urn:a"}'),
        resource(',"meta":{"versionId":"7","source":"urn:a"}'),
      ],
      [
        'versions of elsewhere',
        resource(',"meta":{"versionId":"7"}'),
        resource(',"meta":{"lastUpdated":"2026"}'),
      ],
      ['decimals', resource(',"a":[1.10,1e3,-0.0]'), resource(',"id":"x","a":[1.10,1e3,-0.0]')],
      [
        'members in another order',
        resource(',"a":1,"b":{"c":1,"d":2}'),
        resource(',"b":{"d":2,"c":1},"a":1'),
      ],
      ['meta of no known shape', resource(',"meta":[1]'), resource(',"id":"x","meta":[1]')],
    ])('takes for the same what a server only put its own words to: %s', async (_, text, served) => {
      const write = aWrite({ text });
      const outcomes = await store().putAll([write, { ...write, text: served }, write]);
      expect(outcomesOf(outcomes)).toEqual(['created', 'unchanged', 'unchanged']);
      expect(await versions(write.id)).toEqual([1]);
    });

    it.each([
      ['digits', resource(',"a":1.1'), resource(',"a":1.10')],
      ['the order of a list', resource(',"a":[1,2]'), resource(',"a":[2,1]')],
      ['meta', resource(',"meta":{"source":"urn:a"}'), resource('')],
      ['meta that was empty', resource(',"meta":{}'), resource('')],
      ['meta of no known shape', resource(',"meta":[]'), resource('')],
      ['what is deeper down', resource(',"a":{"id":"1"}'), resource(',"a":{"id":"2"}')],
    ])('takes for another what differs in %s', async (_, text, other) => {
      const write = aWrite({ text });
      const outcomes = await store().putAll([write, { ...write, text: other }]);
      expect(outcomesOf(outcomes)).toEqual(['created', 'updated']);
    });

    it('keeps the FHIR version that is known where the one given is a guess', async () => {
      const write = aWrite({ fhirVersion: '4.3' });
      const guessed = { ...write, fhirVersion: '4.0', isVersionGuessed: true } as const;
      const said = { ...write, fhirVersion: '4.0' } as const;
      const outcomes = await store().putAll([write, guessed, said, { ...guessed, text: bodyWith('other') }]);
      expect(outcomesOf(outcomes)).toEqual(['created', 'unchanged', 'updated', 'updated']);
    });

    it('does not give a resource to another patient, nor one that is gone', async () => {
      const [there, gone, nobodys] = [await filed(), await filed(), await filed({ patient: undefined })];
      await store().remove(removal(gone.id), 1, everything);
      const batch = [
        { ...there, patient: 'bob', text: bodyWith('moved'), ...withEntries(`${there.id}-moved`) },
        { ...gone, patient: 'bob' },
        { ...nobodys, patient: 'bob' },
        { ...there, patient: undefined },
        { ...there, text: bodyWith('changed') },
      ];
      expect(await store().putAll(batch)).toEqual([
        { outcome: 'other-patient', version: 1 },
        { outcome: 'other-patient', version: 2 },
        { outcome: 'other-patient', version: 1 },
        { outcome: 'other-patient', version: 1 },
        { outcome: 'updated', version: 2 },
      ]);
      expect(await found(`${there.id}-moved`)).toEqual([]);
      expect(await versions(gone.id)).toEqual([2, 1]);
      expect(await versions(nobodys.id)).toEqual([1]);
      expect(await store().read('Consent', there.id, everything)).toMatchObject({
        version: 2,
        patient: 'ann',
        resource: { note: 'changed' },
      });
      expect(outcomesOf(await store().putAll([gone]))).toEqual(['created']);
    });

    it('brings back what was deleted, as the version after', async () => {
      const write = await filed();
      await store().remove(removal(write.id), 1, everything);
      expect(outcomesOf(await store().putAll([write]))).toEqual(['created']);
      expect(await versions(write.id)).toEqual([3, 2, 1]);
      expect(await store().read('Consent', write.id, everything)).toMatchObject({
        version: 3,
        status: 'active',
      });
      expect(await store().update(write, 3, everything)).toMatchObject({ ok: true });
    });

    it('writes two of one id one after the other', async () => {
      const write = aWrite({ text: bodyWith('first') });
      const second = { ...write, text: bodyWith('second') };
      const outcomes = await store().putAll([write, aWrite(), second, { ...second }]);
      expect(outcomesOf(outcomes)).toEqual(['created', 'created', 'updated', 'unchanged']);
      expect(await versions(write.id)).toEqual([2, 1]);
      expect(await store().read('Consent', write.id, everything)).toMatchObject({
        resource: { note: 'second' },
      });
      expect(outcomesOf(await store().putAll([]))).toEqual([]);
    });

    it('meets writers of the same ids without a gap in their versions', async () => {
      const ids = Array.from({ length: 20 }, nextId);
      const batch = (name: string): readonly ResourceWrite[] =>
        ids.map((id) => aWrite({ id, text: bodyWith(name), ...withEntries(`${id}-${name}`) }));
      const names = ['a', 'b', 'c', 'd', 'e', 'f'];
      const outcomes = await Promise.all(names.map((name) => store().putAll(batch(name).toReversed())));
      expect(outcomes.flat().filter(({ outcome }) => outcome === 'created')).toHaveLength(20);
      for (const id of ids) {
        expect(await versions(id)).toEqual([6, 5, 4, 3, 2, 1]);
        const marks = await Promise.all(names.map((name) => found(`${id}-${name}`)));
        expect(marks.flat()).toEqual([id]);
      }
    });

    it('stands in the order it was given in', async () => {
      const mark = nextId();
      const batch = Array.from({ length: 30 }, () => aWrite(withEntries(mark)));
      await store().putAll(batch);
      expect(await found(mark)).toEqual(batch.map(({ id }) => id));
    });
  });
}
