/** Who is found around the parties of a decision. */
import { describe, expect, test } from 'vitest';
import type { ReadEvidence } from '../../../src/access/evidence.ts';
import { aConsent, aResource, called, type Filing, to } from './filing.ts';

export function around(evidence: () => ReadEvidence, files: () => Filing): void {
  const found = async (...seeds: readonly string[]): Promise<readonly string[]> => {
    const [answer] = await evidence().around([seeds]);
    return (answer?.found ?? []).map(({ type, id }) => `${type}/${id}`).sort();
  };

  describe('what is found around a party', () => {
    test('an organization brings every organization above it, also when the chain closes on itself', async () => {
      await files().create(aResource('Organization/ward', { partOf: to('Organization/house') }));
      await files().create(aResource('Organization/house', { partOf: to('Organization/trust') }));
      await files().create(aResource('Organization/trust', { partOf: to('Organization/ward') }));
      await files().create(
        aResource('Organization/other', { partOf: to('https://elsewhere.example/Organization/1') }),
      );
      expect(await found('Organization/ward')).toEqual([
        'Organization/house',
        'Organization/trust',
        'Organization/ward',
      ]);
      expect(await found('Organization/other')).toEqual(['Organization/other']);
    });

    test('a practitioner brings the roles on file and where they are held', async () => {
      await files().create(aResource('Practitioner/ada', { identifier: [called('7')] }));
      await files().create(aResource('Organization/clinic'));
      const parts = { practitioner: to('Practitioner/ada'), organization: to('Organization/clinic') };
      await files().create(aResource('PractitionerRole/role', parts));
      const all = ['Organization/clinic', 'Practitioner/ada', 'PractitionerRole/role'];
      expect(await found('Practitioner/ada')).toEqual(all);
      expect(await found('urn:x|7')).toEqual(all);
      expect(await found(' 7')).toEqual(all);
      expect(await found('PractitionerRole/role')).toEqual(all);
    });

    test('persons related to a patient, care teams, groups and devices are found, their members not followed', async () => {
      const names = ['RelatedPerson/rp', 'CareTeam/ct', 'Group/gr', 'Device/dv'];
      const inside = {
        ...{ patient: to('Patient/inside'), subject: to('Patient/inside') },
        ...{
          member: [{ entity: to('Practitioner/inside') }],
          participant: [{ member: to('Practitioner/inside') }],
        },
      };
      await files().create(aResource('Practitioner/inside'));
      await files().create(aResource('Patient/inside'));
      for (const name of names)
        await files().create(aResource(name, { ...inside, identifier: [called(name)] }));
      for (const name of names) {
        expect(await found(name)).toEqual([name]);
        expect(await found(`urn:x|${name}`)).toEqual([name]);
      }
    });

    test('the organization that cares for a patient is not what a decision asks for', async () => {
      await files().create(aResource('Organization/gp'));
      await files().create(aResource('Patient/cared', { managingOrganization: to('Organization/gp') }));
      expect(await found('Patient/cared')).toEqual(['Patient/cared']);
    });

    test('names nobody bears bring nothing, nor do consents', async () => {
      await files().create(aConsent('named', to('Patient/ann'), { identifier: [called('consent')] }));
      const seeds = [
        'Organization/none',
        'urn:x|none',
        'Consent/named',
        'urn:x|consent',
        'a\0',
        'nonsense',
        "';--",
      ];
      expect(await found(...seeds)).toEqual([]);
      expect(await found()).toEqual([]);
    });

    test('several in one round trip, each with its own, in order', async () => {
      await files().create(aResource('Organization/s1'));
      await files().create(aResource('Organization/s2'));
      const seeds = [['Organization/s2'], [], ['Organization/s1', 'Organization/s2']];
      const answers = await evidence().around(seeds);
      expect(answers.map((each) => each.found.map(({ id }) => id).sort())).toEqual([
        ['s2'],
        [],
        ['s1', 's2'],
      ]);
      expect(await evidence().around([])).toEqual([]);
    });
  });
}
