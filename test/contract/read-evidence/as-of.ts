/** Reading as of an earlier instant finds what reading found at that instant. */
import { describe, expect, test } from 'vitest';
import type { Evidence, ReadEvidence } from '../../../src/access/evidence.ts';
import { asInstant, type Instant } from '../../../src/base/instant.ts';
import { aConsent, aResource, called, type Filing, to } from './filing.ts';

export function asOf(evidence: () => ReadEvidence, files: () => Filing): void {
  const named = (answers: readonly Evidence[]) =>
    answers.map(({ found, lookups }) => ({
      found: found.map(({ type, id, version }) => `${type}/${id}:${version}`).sort(),
      lookups: [lookups.patients, lookups.references, lookups.entries].map((each) => each.toSorted()),
    }));

  /** After each write what is found now; then the same asked as of each of these moments, and just before the next. */
  async function remembers(
    read: (asOf?: Instant) => Promise<readonly Evidence[]>,
    writes: readonly (() => Promise<Instant>)[],
  ) {
    const seen: { at: Instant; answer: unknown }[] = [];
    for (const write of writes) seen.push({ at: await write(), answer: named(await read()) });
    for (const [index, { at, answer }] of seen.entries()) {
      expect(answer).not.toEqual(seen[index - 1]?.answer);
      expect(named(await read(at))).toEqual(answer);
      expect(named(await read(asInstant(at + 59_999)))).toEqual(answer);
    }
  }

  describe('as of an earlier instant', () => {
    test('consents, statuses, links, groups and identifiers are those of then', async () => {
      const member = (...of: readonly string[]) => ({ member: of.map((each) => ({ entity: to(each) })) });
      await remembers(
        (at) => evidence().ofPatients(['then', 'then2'], at),
        [
          () => files().create(aConsent('then1', to('Patient/then'))),
          () => files().create(aResource('Patient/then', { identifier: [called('then')] })),
          () => files().create(aConsent('then2', { identifier: called('then') })),
          () => files().update(aConsent('then1', to('Patient/then'), { status: 'inactive' })),
          () => files().put(aConsent('then1', to('Patient/then'))),
          () => files().create(aResource('Patient/then2', { link: [{ other: to('Patient/then') }] })),
          () =>
            files()
              .create(aConsent('then3', to('Group/then')))
              .then(() => files().create(aResource('Group/then', member('Patient/then2', 'Patient/x')))),
          () => files().update(aResource('Group/then', member('Patient/x'))),
          () => files().update(aResource('Patient/then', { identifier: [called('renamed')] })),
          () => files().remove('Patient/then2'),
          () => files().remove('Consent/then1'),
          () => files().put(aConsent('then1', to('Patient/then'))),
        ],
      );
    });

    test('a directory is that of then: names, roles, parents', async () => {
      const role = (organization: string) =>
        aResource('PractitionerRole/past', {
          practitioner: to('Practitioner/past'),
          organization: to(organization),
        });
      await remembers(
        (at) => evidence().around([['Practitioner/past', 'urn:x|past', ' past']], at),
        [
          () => files().create(aResource('Practitioner/past')),
          () => files().create(role('Organization/past2')),
          () => files().create(aResource('Organization/past2', { partOf: to('Organization/past3') })),
          () => files().create(aResource('Organization/past3')),
          () => files().update(aResource('Organization/past2')),
          () => files().update(role('Organization/past3')),
          () => files().create(aResource('Device/past', { identifier: [called('past')] })),
          () => files().update(aResource('Device/past', { identifier: [called('other')] })),
          () => files().put(aResource('Device/past', { identifier: [called('past')] })),
          () => files().remove('PractitionerRole/past'),
          () => files().remove('Practitioner/past'),
        ],
      );
    });

    test('before anything was stored there is nothing, after the last write what there is now', async () => {
      await files().create(aConsent('ever', to('Patient/ever')));
      const [before] = await evidence().ofPatients(['ever'], asInstant(0));
      expect(before?.found).toEqual([]);
      const [now] = await evidence().ofPatients(['ever']);
      const [later] = await evidence().ofPatients(['ever'], asInstant(Date.UTC(2030, 0, 1)));
      expect(later?.found).toEqual(now?.found);
    });
  });
}
