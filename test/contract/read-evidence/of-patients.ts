/** Whose consents are found for a patient (EV-1, EV-4, R-30). */
import { describe, expect, test } from 'vitest';
import type { ReadEvidence } from '../../../src/access/evidence.ts';
import { aConsent, aResource, called, type Filing, to } from './filing.ts';

export function ofPatients(evidence: () => ReadEvidence, files: () => Filing): void {
  const found = async (patient: string): Promise<readonly string[]> => {
    const [answer] = await evidence().ofPatients([patient]);
    return (answer?.found ?? []).map(({ type, id }) => `${type}/${id}`).sort();
  };

  describe('what is found for a patient', () => {
    test('the active consents and those without a status, of this patient alone (EV-1, R-30)', async () => {
      await files().create(aResource('Patient/bob'));
      await files().create(aConsent('bob-active', to('Patient/bob')));
      await files().create(aConsent('bob-unknown', to('Patient/bob'), { status: undefined }));
      await files().create(aConsent('bob-ended', to('Patient/bob'), { status: 'inactive' }));
      await files().create(aConsent('bob-draft', to('Patient/bob'), { status: 'draft' }));
      await files().create(aConsent('other', to('Patient/someone')));
      expect(await found('bob')).toEqual(['Consent/bob-active', 'Consent/bob-unknown', 'Patient/bob']);
    });

    test('consents are found for a patient who is not on file', async () => {
      await files().create(aConsent('stray', to('Patient/absent')));
      expect(await found('absent')).toEqual(['Consent/stray']);
      expect(await found('nobody at all')).toEqual([]);
      expect(await found('a\0')).toEqual([]);
    });

    test('every record of the same person, by links in either direction and over several (EV-4)', async () => {
      const linked = (other: string) => ({ link: [{ other: to(other), type: 'seealso' }] });
      await files().create(aResource('Patient/l1', linked('Patient/l2')));
      await files().create(aResource('Patient/l2', linked('Patient/l3')));
      await files().create(aResource('Patient/l3', linked('Patient/l1')));
      await files().create(aResource('Patient/l4', linked('Patient/l3')));
      await files().create(aConsent('of-l1', to('Patient/l1')));
      await files().create(aConsent('of-l3', to('Patient/l3')));
      await files().create(aConsent('of-l4', to('Patient/l4')));
      const all = [
        ...['Consent/of-l1', 'Consent/of-l3', 'Consent/of-l4'],
        ...['Patient/l1', 'Patient/l2', 'Patient/l3', 'Patient/l4'],
      ];
      for (const record of ['l1', 'l2', 'l3', 'l4']) expect(await found(record)).toEqual(all);
    });

    test('consents that name the patient, or a record of the same person, by identifier (EV-4)', async () => {
      await files().create(
        aResource('Patient/i1', { identifier: [called('i1')], link: [{ other: to('Patient/i2') }] }),
      );
      await files().create(aResource('Patient/i2', { identifier: [called('i2'), { value: 'bare' }] }));
      await files().create(aConsent('by-i1', { identifier: called('i1') }));
      await files().create(
        aResource('Consent/by-i2', { status: 'active', patient: { identifier: called('i2') } }),
        '4.0',
      );
      await files().create(aConsent('by-bare', { identifier: { value: 'bare' } }));
      await files().create(aConsent('by-other', { identifier: called('i3') }));
      await files().create(aConsent('by-ended', { identifier: called('i1') }, { status: 'inactive' }));
      await files().create(aResource('Organization/i1', { identifier: [called('i1')] }));
      const all = ['Consent/by-bare', 'Consent/by-i1', 'Consent/by-i2', 'Patient/i1', 'Patient/i2'];
      expect(await found('i1')).toEqual(all);
      expect(await found('i2')).toEqual(all);
    });

    test('groups that list the patient, whether or not the membership counts, and consents about them (EV-4)', async () => {
      await files().create(
        aResource('Patient/m', { identifier: [called('m')], link: [{ other: to('Patient/m2') }] }),
      );
      const member = (entity: unknown, rest = {}) => ({ member: [{ entity, ...rest }] });
      await files().create(aResource('Group/g', { identifier: [called('g')], ...member(to('Patient/m')) }));
      await files().create(aResource('Group/g2', member(to('Patient/m2'), { inactive: true })));
      await files().create(aResource('Group/g3', member({ identifier: called('m') })));
      await files().create(aResource('Group/others', member(to('Patient/x'))));
      await files().create(aConsent('of-g', to('Group/g')));
      await files().create(aConsent('of-g-ended', to('Group/g'), { status: 'inactive' }));
      await files().create(aConsent('of-g-by-identifier', { type: 'Group', identifier: called('g') }));
      await files().create(aConsent('of-others', to('Group/others')));
      await files().create(aResource('CareTeam/t', { subject: to('Group/g') }));
      const groups = ['Group/g', 'Group/g2', 'Group/g3'];
      const consents = ['Consent/of-g', 'Consent/of-g-by-identifier'];
      expect(await found('m')).toEqual([...consents, ...groups, 'Patient/m']);
    });

    test('several patients in one round trip, each with its own, in order', async () => {
      await files().create(aConsent('of-p1', to('Patient/p1')));
      await files().create(aConsent('of-p2', to('Patient/p2')));
      const answers = await evidence().ofPatients(['p2', 'p1', 'none', 'p2']);
      expect(answers.map((each) => each.found.map(({ id }) => id))).toEqual([
        ['of-p2'],
        ['of-p1'],
        [],
        ['of-p2'],
      ]);
      expect(await evidence().ofPatients([])).toEqual([]);
    });
  });
}
