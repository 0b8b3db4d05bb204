/** Labels on data that limit who may see it for what (R-12, L-13, L-14, L-16). */
import { describe, expect, it } from 'vitest';
import {
  compartmentLabels,
  labelsAllowingPurpose,
  minorProtectedLabels,
  noPatientLabel,
  purposeLabels,
} from '../../src/labeling/limiting-labels.ts';
import { allPurposes, purposeAndBelow } from '../../src/labeling/vocabulary.ts';

const explicitOnly = ['BTG', 'MLTRAINING', 'HMARKT'];

describe('a purpose on data (L-16)', () => {
  it('limits its use, but for HTEST, which is a mark (R-12, L-4)', () => {
    expect(purposeLabels).not.toContain('HTEST');
    expect([...purposeLabels, 'HTEST'].sort()).toEqual([...allPurposes].sort());
  });

  it.each([
    ['TREAT', ['TREAT']],
    ['COC', ['TREAT', 'COC']],
    ['ERTREAT', ['TREAT', 'ETREAT', 'ERTREAT']],
    ['ELIGVER', ['HPAYMT', 'COVERAGE', 'ELIGVER']],
    ['HTEST', ['HOPERAT', 'SYSDEV']],
  ])('allows %s by its own name and those above it (L-14)', (asked, labels) => {
    expect(labelsAllowingPurpose(asked, explicitOnly)).toEqual(labels);
  });

  it('allows an explicit-only purpose by its own name alone, breaking the glass whatever the setting (R-12)', () => {
    expect(labelsAllowingPurpose('BTG', [])).toEqual(['BTG']);
    expect(labelsAllowingPurpose('MLTRAINING', explicitOnly)).toEqual(['MLTRAINING']);
    expect(labelsAllowingPurpose('MLTRAINING', [])).toEqual(['HOPERAT', 'MLTRAINING']);
  });

  it('allows exactly the purposes it covers, whichever is asked', () => {
    for (const asked of allPurposes.filter((code) => code !== 'BTG'))
      for (const label of purposeLabels)
        expect(labelsAllowingPurpose(asked, []).includes(label)).toBe(purposeAndBelow(label).has(asked));
  });

  it('allows nothing that is no purpose', () => {
    for (const asked of ['FUN', 'toString', '']) expect(labelsAllowingPurpose(asked, [])).toEqual([]);
  });
});

it('there are nine compartments (L-13)', () => {
  expect(new Set(compartmentLabels).size).toBe(9);
  expect(compartmentLabels).toContain('RESCOMPT');
});

it('a minor is protected in what the umbrellas cover too (L-10)', () => {
  expect([...minorProtectedLabels].sort()).toEqual(
    [...['ADOL', 'SEX', 'STD', 'PREGNANT', 'SUD', 'ETHUD', 'OPIOIDUD', 'ETH', 'MH', 'PSY', 'PSYTHPN']].sort(),
  );
  expect(noPatientLabel).toBe('NOPAT');
});
