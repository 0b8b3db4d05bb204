/** A stamp differs as soon as reading would find anything else, and only then (D-3). */
import { describe, expect, test } from 'vitest';
import type { ReadEvidence } from '../../../src/access/evidence.ts';
import type { Instant } from '../../../src/base/instant.ts';
import { aConsent, aResource, called, type Filing, to } from './filing.ts';

export function stamps(evidence: () => ReadEvidence, files: () => Filing): void {
  const stampNow = async (lookups: Parameters<ReadEvidence['stamps']>[0][number]) =>
    (await evidence().stamps([lookups]))[0];

  /** Reads, writes, and asks again; afterwards the same without a write. */
  async function isSeen(
    read: () => Promise<readonly { lookups: never; stamp: string }[]>,
    write: () => Promise<Instant>,
  ) {
    const [before] = await read();
    if (!before) throw new Error('nothing was read');
    expect(await stampNow(before.lookups)).toBe(before.stamp);
    await write();
    expect(await stampNow(before.lookups)).not.toBe(before.stamp);
    const [after] = await read();
    expect(await stampNow(after?.lookups as never)).toBe(after?.stamp);
  }
  const patient = (id: string) => async () => (await evidence().ofPatients([id])) as never;
  const party =
    (...seeds: readonly string[]) =>
    async () =>
      (await evidence().around([seeds])) as never;

  describe('the stamp of what was read', () => {
    test('tells of consents that come, change and go', async () => {
      await isSeen(patient('st'), () => files().create(aConsent('st1', to('Patient/st'))));
      await isSeen(patient('st'), () =>
        files().update(aConsent('st1', to('Patient/st'), { decision: 'deny' })),
      );
      await isSeen(patient('st'), () => files().create(aConsent('st2', to('Patient/st'))));
      await isSeen(patient('st'), () => files().remove('Consent/st2'));
      await isSeen(patient('st'), () =>
        files().update(aConsent('st1', to('Patient/st'), { status: 'inactive' })),
      );
    });

    test('tells of records, links, groups and consents by identifier that were looked for and missing', async () => {
      const identifier = [called('su')];
      await isSeen(patient('su'), () => files().create(aResource('Patient/su', { identifier })));
      await isSeen(patient('su'), () => files().create(aConsent('su1', { identifier: called('su') })));
      await isSeen(patient('su'), () =>
        files().create(aResource('Patient/su2', { link: [{ other: to('Patient/su') }] })),
      );
      await isSeen(patient('su'), () => files().create(aConsent('su2', to('Patient/su2'))));
      await isSeen(patient('su'), () =>
        files().create(aResource('Group/su', { member: [{ entity: to('Patient/su2') }] })),
      );
      await isSeen(patient('su'), () => files().create(aConsent('su3', to('Group/su'))));
      await isSeen(patient('su'), () => files().update(aResource('Group/su')));
    });

    test('tells of the directory: who was missing, who moved, who took on a role', async () => {
      const seeds = ['Practitioner/sv', 'Organization/sv', 'urn:x|sv'];
      await isSeen(party(...seeds), () =>
        files().create(aResource('Organization/sv', { partOf: to('Organization/sv2') })),
      );
      await isSeen(party(...seeds), () => files().create(aResource('Organization/sv2')));
      await isSeen(party(...seeds), () => files().update(aResource('Organization/sv')));
      await isSeen(party(...seeds), () => files().create(aResource('Practitioner/sv')));
      const role = { practitioner: to('Practitioner/sv'), organization: to('Organization/sv3') };
      await isSeen(party(...seeds), () => files().create(aResource('PractitionerRole/sv', role)));
      await isSeen(party(...seeds), () => files().create(aResource('Organization/sv3')));
      await isSeen(party(...seeds), () =>
        files().create(aResource('Device/sv', { identifier: [called('sv')] })),
      );
      await isSeen(party(...seeds), () =>
        files().put(aResource('Device/sv', { identifier: [called('else')] })),
      );
      await isSeen(party(...seeds), () => files().remove('PractitionerRole/sv'));
    });

    test('stays the same whatever changes elsewhere', async () => {
      await files().create(aConsent('quiet', to('Patient/quiet')));
      const [before] = await evidence().ofPatients(['quiet']);
      await files().create(aConsent('loud', to('Patient/loud')));
      await files().create(aResource('Organization/loud', { identifier: [called('quiet')] }));
      expect(before && (await stampNow(before.lookups))).toBe(before?.stamp);
    });

    test('differs when rows are indexed anew, since what they lead to may differ', async () => {
      const [first] = await evidence().around([['Organization/ward']]);
      expect(first?.stamp).toMatch(/^Organization\/house:1:[1-9]/);
    });

    test('of several in one round trip, in order, an identifier too long for the index included', async () => {
      const long = { system: 'urn:x', value: 'é'.repeat(1500) };
      await files().create(aResource('Device/long', { identifier: [long] }));
      const [device, none] = await evidence().around([[`urn:x|${long.value}`], ['Device/none']]);
      expect(device?.found).toHaveLength(1);
      const asked = [none, device, none].flatMap((each) => (each ? [each.lookups] : []));
      expect(await evidence().stamps(asked)).toEqual(['', device?.stamp, '']);
      expect(await evidence().stamps([])).toEqual([]);
    });
  });
}
