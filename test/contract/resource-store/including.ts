/** What resources refer to. */
import { describe, expect, it } from 'vitest';
import { everything, type Inclusion, type Reach } from '../../../src/fhir/resource-store.ts';
import { entryOf } from '../../../src/fhir/search/search.ts';
import { filing, nextId, type StoreUnderTest, withEntries } from './writes.ts';

export function including(store: StoreUnderTest): void {
  const filed = filing(store);
  const organization = async (partOf?: string, id = nextId()) => {
    const entries =
      partOf === undefined ? [] : ['partof', entryOf.reference('partof', `Organization/${partOf}`)];
    await filed({ type: 'Organization', id, patient: undefined, ...withEntries(...entries) });
    return id;
  };
  const types: Inclusion['types'] = { open: ['Organization'], withinReach: ['Consent', 'Patient', 'Group'] };
  const partOf = { type: 'Organization', parameter: 'partof' };
  const included = async (given: Partial<Inclusion>, within: Reach = everything) => {
    const inclusion = { references: [], follow: [], types, atMost: 100, ...given };
    return (await store().include(inclusion, within)).map(({ type, id }) => `${type}/${id}`);
  };

  describe('include', () => {
    it('finds what references lead to, each once, and no more', async () => {
      const [top, other] = [await organization(), await organization()];
      const house = await organization(top);
      const references = [`Organization/${house}`, `Organization/${other}`, `Organization/${house}`];
      const nonsense = [
        'Organization/none',
        'nonsense',
        '',
        'Organization/a\0',
        'https://other.example/Organization/1',
      ];
      expect((await included({ references: [...references, ...nonsense] })).toSorted()).toEqual(
        [`Organization/${house}`, `Organization/${other}`].toSorted(),
      );
      expect(await included({})).toEqual([]);
    });

    it('follows on, nearest first, also where the chain closes on itself', async () => {
      const [first, second, third] = [nextId(), nextId(), nextId()];
      await organization(second, first);
      await organization(third, second);
      await organization(first, third);
      const references = [`Organization/${first}`];
      const whole = [first, second, third].map((id) => `Organization/${id}`);
      expect(await included({ references, follow: [partOf] })).toEqual(whole);
      expect(await included({ references, follow: [partOf], atMost: 2 })).toEqual(whole.slice(0, 2));
      expect(await included({ references, follow: [partOf], atMost: 0 })).toEqual([]);
      expect(await included({ references, follow: [{ ...partOf, target: 'Group' }] })).toEqual([whole[0]]);
      expect(await included({ references, follow: [{ ...partOf, type: 'Group' }] })).toEqual([whole[0]]);
    });

    it('shows types that are listed, and follows nothing that it may not show', async () => {
      const top = await organization();
      const group = await filed({
        type: 'Group',
        patient: 'inc-bob',
        ...withEntries(entryOf.reference('managing', `Organization/${top}`)),
      });
      const references = [`Group/${group.id}`];
      const follow = [{ type: 'Group', parameter: 'managing' }];
      expect(await included({ references, follow })).toEqual([`Group/${group.id}`, `Organization/${top}`]);
      expect(await included({ references, follow }, { patients: ['inc-ann'] })).toEqual([]);
      expect(await included({ references, follow }, { patients: ['inc-bob'] })).toHaveLength(2);
      expect(await included({ references, follow, types: { open: [], withinReach: ['Group'] } })).toEqual(
        references,
      );
      expect(
        await included({ references, follow, types: { open: ['Organization'], withinReach: [] } }),
      ).toEqual([]);
    });
  });
}
