/** What consents are searched by beside the published expressions (fhir-consent.md §7). */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { consentSearchParameters } from '../../src/consent/search-parameters.ts';
import { indexResource, type Views } from '../../src/fhir/search/index-resource.ts';
import { r4Consents, r5Consents } from '../support/searched-consents.ts';

const indexed = (views: Views, patient?: string) =>
  indexResource(consentSearchParameters, views, { ownBases: [], patient });
const [fullR4] = r4Consents as [JsonObject];
const [fullR5] = r5Consents as [JsonObject];

describe('a consent', () => {
  it.each([
    ['R4', { R4: fullR4 }],
    ['R5', { R5: fullR5 }],
  ] as const)('is found by actors and purposes at every depth, in %s', (_, views) => {
    const { entries } = indexed(views);
    for (const tag of ['first', 'second', 'third']) {
      expect(entries).toContain(`provision-actor=Organization/${tag}`);
      expect(entries).toContain(`provision-purpose= TREAT-${tag}`);
    }
    expect(entries).toContain('actor=Organization/first');
    expect(entries).not.toContain('actor=Organization/second');
    expect(entries).not.toContain('purpose= TREAT-second');
  });

  it('is in force in the period of its root in R4 and in its own in R5', () => {
    const starts = (views: Views) =>
      indexed(views)
        .dates.filter(({ parameter }) => parameter === 'effective-period')
        .map(({ start, end }) => [start, end].map((at) => at && new Date(at).toISOString()));
    expect(starts({ R4: fullR4 })).toEqual([['2026-01-01T00:00:00.000Z', '2026-06-30T23:59:59.999Z']]);
    expect(starts({ R5: fullR5 })).toEqual([['2026-01-01T00:00:00.000Z', '2026-12-31T23:59:59.999Z']]);
  });

  it('of a group is no consent of a patient, and has no R4', () => {
    const { entries } = indexed({ R5: { resourceType: 'Consent', subject: { reference: 'Group/g' } } });
    expect(entries).toContain('subject=Group/g');
    expect(entries.filter((entry) => entry.startsWith('patient'))).toEqual([]);
    expect(entries).toContain('_unsayable@R4');
  });

  it('filed by an identifier is found by the patient it was resolved to', () => {
    const subject = { identifier: { system: 'urn:ids', value: '1' } };
    const { entries } = indexed({ R4: { patient: subject }, R5: { subject } }, 'ann');
    for (const name of ['patient', 'subject'])
      expect(entries).toEqual(
        expect.arrayContaining([`${name}=Patient/ann`, `${name}:identifier=urn:ids|1`]),
      );
  });

  it('whose first level differs between versions is told apart by version', () => {
    const actor = [{ reference: { reference: 'Organization/h' } }];
    const { entries } = indexed({
      R4: { provision: { actor } },
      R5: { provision: [{ provision: [{ actor }] }] },
    });
    expect(entries).toContain('actor@R4=Organization/h');
    expect(entries).not.toContain('actor@R5');
    expect(entries).toContain('provision-actor=Organization/h');
  });
});
