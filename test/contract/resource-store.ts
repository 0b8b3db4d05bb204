/** What every ResourceStore promises, whatever lies beneath it. */
import { describe, expect, it } from 'vitest';
import { asInstant, plusSeconds } from '../../src/base/instant.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { everything, type ResourceStore, type ResourceWrite } from '../../src/fhir/resource-store.ts';

const at = asInstant(Date.UTC(2026, 9, 1, 10));
const page = { count: 100, offset: 0 };
let made = 0;

const aWrite = (changes: Partial<ResourceWrite> = {}): ResourceWrite => ({
  type: 'Consent',
  id: `c${++made}`,
  fhirVersion: '4.0',
  patient: 'ann',
  status: 'active',
  identifiers: [],
  resource: { resourceType: 'Consent', status: 'active' },
  at,
  filedBy: 'client-1',
  ...changes,
});

const bodyWith = (note: string): Resource => ({ resourceType: 'Consent', status: 'active', note });

export function resourceStoreContract(store: () => ResourceStore): void {
  const filed = async (changes: Partial<ResourceWrite> = {}): Promise<ResourceWrite> => {
    const write = aWrite(changes);
    expect(await store().create(write)).toMatchObject({ ok: true });
    return write;
  };

  describe('create', () => {
    it('answers with version 1 of what was given', async () => {
      const write = aWrite({ identifiers: ['urn:x|1'] });
      expect(await store().create(write)).toEqual({
        ok: true,
        value: {
          type: 'Consent',
          id: write.id,
          version: 1,
          fhirVersion: '4.0',
          patient: 'ann',
          status: 'active',
          resource: write.resource,
          updatedAt: at,
          filedBy: 'client-1',
        },
      });
    });

    it('refuses an id that exists and leaves what is there', async () => {
      const { id } = await filed({ resource: bodyWith('first') });
      expect(await store().create(aWrite({ id, resource: bodyWith('second') }))).toEqual({
        ok: false,
        failure: 'taken',
      });
      expect((await store().read('Consent', id, everything))?.resource).toEqual(bodyWith('first'));
      expect((await store().history('Consent', id, page, everything)).total).toBe(1);
    });

    it('keeps ids of different types apart', async () => {
      const { id } = await filed();
      await filed({ type: 'Patient', id, resource: { resourceType: 'Patient' } });
      expect((await store().read('Patient', id, everything))?.resource.resourceType).toBe('Patient');
    });

    it('keeps the members of the body in the order they came, with every character', async () => {
      const resource = JSON.parse(
        '{"resourceType":"Consent","z":1,"a":{"y":"\\u0000 \\"ü 😀\\\\","b":[null,1.5]},"m":"2"}',
      );
      const { id } = await filed({ resource });
      expect(JSON.stringify((await store().read('Consent', id, everything))?.resource)).toBe(
        JSON.stringify(resource),
      );
    });

    it('keeps a resource that is about no patient and has no status', async () => {
      const { id } = await filed({ patient: undefined, status: undefined });
      expect(await store().read('Consent', id, everything)).toMatchObject({
        patient: undefined,
        status: undefined,
      });
    });
  });

  describe('update', () => {
    it('makes the next version the current one and keeps the one before', async () => {
      const write = await filed({ resource: bodyWith('first') });
      const later = plusSeconds(at, 60);
      const next = {
        ...write,
        at: later,
        status: 'inactive',
        filedBy: 'client-2',
        resource: bodyWith('second'),
      };
      const updated = await store().update(next, 1, everything);
      expect(updated).toMatchObject({
        ok: true,
        value: { version: 2, updatedAt: later, filedBy: 'client-2' },
      });
      expect(await store().read('Consent', write.id, everything)).toMatchObject({
        version: 2,
        status: 'inactive',
      });
      const before = await store().readVersion('Consent', write.id, 1, everything);
      expect(before).toMatchObject({
        version: 1,
        status: 'active',
        resource: bodyWith('first'),
        updatedAt: at,
      });
    });

    it('without an expected version follows whatever is there', async () => {
      const write = await filed();
      await store().update(write, undefined, everything);
      expect(await store().update(write, undefined, everything)).toMatchObject({
        ok: true,
        value: { version: 3 },
      });
    });

    it('refuses when another version is current, and changes nothing', async () => {
      const write = await filed({ resource: bodyWith('first') });
      const next = { ...write, resource: bodyWith('lost') };
      expect(await store().update(next, 2, everything)).toEqual({ ok: false, failure: 'stale' });
      expect((await store().read('Consent', write.id, everything))?.resource).toEqual(bodyWith('first'));
      expect((await store().history('Consent', write.id, page, everything)).total).toBe(1);
    });

    it('tells nothing apart between what is missing and what is out of reach', async () => {
      const write = await filed({ patient: 'bob' });
      const reach = { patients: ['ann'] };
      expect(await store().update(write, 7, reach)).toEqual({ ok: false, failure: 'missing' });
      expect(await store().update(aWrite(), 7, reach)).toEqual({ ok: false, failure: 'missing' });
      expect((await store().read('Consent', write.id, everything))?.version).toBe(1);
    });

    it('lets one of fifty writers who expect the same version through', async () => {
      const write = await filed();
      const attempts = Array.from({ length: 50 }, (_, n) =>
        store().update({ ...write, resource: bodyWith(`writer ${n}`) }, 1, everything),
      );
      const outcomes = await Promise.all(attempts);
      expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
      expect(outcomes.filter((outcome) => !outcome.ok && outcome.failure === 'stale')).toHaveLength(49);
    });

    it('loses none of fifty increments that retry when they come too late', async () => {
      const write = await filed({ resource: { ...bodyWith('counter'), count: 0 } });
      const increment = async (): Promise<void> => {
        const current = await store().read('Consent', write.id, everything);
        const counted = Number(current?.resource['count']) + 1;
        const next = { ...write, resource: { ...bodyWith('counter'), count: counted } };
        const outcome = await store().update(next, current?.version, everything);
        if (!outcome.ok) await increment();
      };
      await Promise.all(Array.from({ length: 50 }, increment));
      expect(await store().read('Consent', write.id, everything)).toMatchObject({
        version: 51,
        resource: { count: 50 },
      });
    });
  });

  describe('reach', () => {
    it('of some patients hides what is about others or about nobody', async () => {
      const reach = { patients: ['reach-ann', 'reach-eve'] };
      const own = await filed({ patient: 'reach-ann' });
      const hidden = [await filed({ patient: 'reach-bob' }), await filed({ patient: undefined })];
      expect(await store().read('Consent', own.id, reach)).toBeDefined();
      expect(await store().search({ type: 'Consent' }, page, { patients: [] })).toEqual({
        resources: [],
        total: 0,
      });
      for (const { id } of hidden) {
        expect(await store().read('Consent', id, reach)).toBeUndefined();
        expect(await store().readVersion('Consent', id, 1, reach)).toBeUndefined();
        expect(await store().history('Consent', id, page, reach)).toEqual({ resources: [], total: 0 });
      }
      const found = await store().search({ type: 'Consent' }, page, reach);
      expect(found.resources.map(({ id }) => id)).toEqual([own.id]);
      expect(found.total).toBe(1);
    });
  });

  describe('reach of organizations', () => {
    const inCareOf = async (organization: string | undefined): Promise<string> => {
      const id = `o${++made}`;
      const managed = organization === undefined ? {} : { managingOrganization: { reference: organization } };
      await filed({ type: 'Patient', id, patient: id, resource: { resourceType: 'Patient', ...managed } });
      return id;
    };

    it('is that of the patients in their care', async () => {
      const reach = { organizations: ['Organization/h', 'Organization/i'] };
      const patients = [
        await inCareOf('Organization/h'),
        await inCareOf('Organization/j'),
        await inCareOf(undefined),
      ];
      const [own, other, nobodys] = [
        await filed({ patient: patients[0] }),
        await filed({ patient: patients[1] }),
        await filed({ patient: patients[2] }),
      ];
      const unknown = await filed({ patient: 'not-on-file' });
      expect(await store().read('Consent', own.id, reach)).toBeDefined();
      expect((await store().history('Consent', own.id, page, reach)).total).toBe(1);
      expect(await store().update(own, 1, reach)).toMatchObject({ ok: true });
      for (const write of [other, nobodys, unknown]) {
        expect(await store().read('Consent', write.id, reach)).toBeUndefined();
        expect(await store().readVersion('Consent', write.id, 1, reach)).toBeUndefined();
        expect((await store().history('Consent', write.id, page, reach)).total).toBe(0);
        expect(await store().update(write, 1, reach)).toEqual({ ok: false, failure: 'missing' });
      }
      expect((await store().search({ type: 'Consent' }, page, reach)).resources.map(({ id }) => id)).toEqual([
        own.id,
      ]);
      expect((await store().search({ type: 'Patient' }, page, reach)).resources.map(({ id }) => id)).toEqual([
        patients[0],
      ]);
    });

    it('counts for nothing where patients are listed', async () => {
      const [own, other] = [await inCareOf('Organization/k'), await inCareOf('Organization/k')];
      const reach = { patients: [own], organizations: ['Organization/k'] };
      expect(await store().read('Patient', own, reach)).toBeDefined();
      expect(await store().read('Patient', other, reach)).toBeUndefined();
    });
  });

  describe('history', () => {
    it('lists every version, newest first, a page at a time', async () => {
      const write = await filed();
      for (const version of [1, 2, 3]) await store().update(write, version, everything);
      const versionsOf = async (count: number, offset: number): Promise<readonly number[]> => {
        const found = await store().history('Consent', write.id, { count, offset }, everything);
        expect(found.total).toBe(4);
        return found.resources.map(({ version }) => version);
      };
      expect(await versionsOf(10, 0)).toEqual([4, 3, 2, 1]);
      expect(await versionsOf(2, 1)).toEqual([3, 2]);
      expect(await versionsOf(2, 4)).toEqual([]);
    });

    it('of an unknown id is empty', async () => {
      expect(await store().history('Consent', 'unknown', page, everything)).toEqual({
        resources: [],
        total: 0,
      });
      expect(await store().readVersion('Consent', 'unknown', 1, everything)).toBeUndefined();
    });
  });

  describe('search', () => {
    const idsOf = async (query: Parameters<ResourceStore['search']>[0]): Promise<readonly string[]> =>
      (await store().search(query, page, everything)).resources.map(({ id }) => id).toSorted();

    it('joins the values of one parameter by or, and parameters by and', async () => {
      const a = await filed({ patient: 's-ann', status: 'active' });
      const b = await filed({ patient: 's-ann', status: 'inactive' });
      const c = await filed({ patient: 's-bob', status: 'active' });
      await filed({ patient: 's-eve', status: 'active' });
      const type = 'Consent';
      expect(await idsOf({ type, patient: ['s-ann', 's-bob'] })).toEqual([a.id, b.id, c.id].toSorted());
      expect(await idsOf({ type, patient: ['s-ann', 's-bob'], status: ['active'] })).toEqual(
        [a.id, c.id].toSorted(),
      );
      expect(await idsOf({ type, patient: ['s-ann'], id: [b.id, c.id] })).toEqual([b.id]);
      expect(await idsOf({ type, patient: [] })).toEqual([]);
    });

    it('finds by identifier exactly, whatever characters it holds', async () => {
      const odd = 'urn:x|{"a,b}\\ \'ü';
      const { id } = await filed({ type: 'Patient', identifiers: ['urn:x|1', odd] });
      expect(await idsOf({ type: 'Patient', identifier: [odd] })).toEqual([id]);
      expect(await idsOf({ type: 'Patient', identifier: ['urn:x|2', 'urn:x|1'] })).toEqual([id]);
      expect(await idsOf({ type: 'Patient', identifier: ['urn:x|'] })).toEqual([]);
    });

    it('can be limited to the versions in which resources were submitted', async () => {
      const r4 = await filed({ patient: 'v-ann' });
      const r5 = await filed({ patient: 'v-ann', fhirVersion: '5.0' });
      const asked = { type: 'Consent', patient: ['v-ann'] };
      expect(await idsOf({ ...asked, fhirVersion: ['4.0', '4.3'] })).toEqual([r4.id]);
      expect(await idsOf({ ...asked, fhirVersion: ['5.0'] })).toEqual([r5.id]);
    });

    it('shows each match once over its pages, in the order of creation, with the whole total', async () => {
      const ids: string[] = [];
      for (let n = 0; n < 5; n++) ids.push((await filed({ patient: 'p-ann', at: plusSeconds(at, n) })).id);
      const seen: string[] = [];
      for (const offset of [0, 2, 4]) {
        const found = await store().search(
          { type: 'Consent', patient: ['p-ann'] },
          { count: 2, offset },
          everything,
        );
        expect(found.total).toBe(5);
        seen.push(...found.resources.map(({ id }) => id));
      }
      expect(seen).toEqual(ids);
    });

    it('answers a count of none with the total alone', async () => {
      await filed({ patient: 'n-ann' });
      const found = await store().search(
        { type: 'Consent', patient: ['n-ann'] },
        { count: 0, offset: 0 },
        everything,
      );
      expect(found).toEqual({ resources: [], total: 1 });
    });
  });
}
