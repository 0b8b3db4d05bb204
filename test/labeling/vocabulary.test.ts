/** The code trees: every closure is as the tree says, and circles end (security-labels.md §§3, 4). */
import { describe, expect, it } from 'vitest';
import {
  allPurposes,
  isPurpose,
  isPurposeBelow,
  purposeAndBelow,
  restrictedSensitivity,
  sensitivityAndBelow,
  topPurposes,
} from '../../src/labeling/vocabulary.ts';

/** As printed in §4, each code below the nearest line with less indent. */
const tree = `
HMARKT
HOPERAT
  CAREMGT DONAT FRAUD GOV HACCRED HCOMPL HDECD HDIRECT HDM HLEGAL HOUTCOMS HPRGRP HQUALIMP
  HSYSADMIN
    LABELING METAMGT
  MEMADMIN MILCDM PATADMIN PATSFTY PERFMSR RECORDMGT
  SYSDEV
    HTEST
  TRAIN MLTRAINING
HPAYMT
  CLMATTCH COVAUTH
  COVERAGE
    ELIGDTRM ELIGVER ENROLLM MILDCRG
  REMITADV PMTDS
HRESCH
  BIORCH
  CLINTRCH
    CLINTRCHNPC CLINTRCHPC PRECLINTRCH
  DSRCH POARCH TRANSRCH
PATRQT
  FAMRQT PWATRNY SUPNWK
PUBHLTH
  DISASTER THREAT
TREAT
  CLINTRL COC POPHLTH TREATDS
  ETREAT
    BTG ERTREAT`;

const above = new Map<string, readonly string[]>();
const path: string[] = [];
for (const line of tree.split('\n').filter(Boolean)) {
  const depth = line.search(/\S/) / 2;
  path.length = depth;
  for (const code of line.trim().split(' ')) above.set(code, [...path]);
  path[depth] = line.trim();
}

describe('purposes', () => {
  it('are those of the printed tree and no other', () => {
    expect([...allPurposes].sort()).toEqual([...above.keys()].sort());
    expect([...topPurposes].sort()).toEqual(
      [...above].flatMap(([code, up]) => (up.length ? [] : code)).sort(),
    );
    for (const code of ['treat', 'toString', 'OVRER', '']) expect(isPurpose(code)).toBe(false);
  });

  it('cover themselves and all below them, and nothing else (L-14)', () => {
    for (const top of allPurposes) {
      const below = allPurposes.filter((code) => above.get(code)?.includes(top));
      expect([...purposeAndBelow(top)].sort()).toEqual([top, ...below].sort());
      for (const code of allPurposes) expect(isPurposeBelow(code, top)).toBe(below.includes(code));
    }
  });

  it('come after those above them', () => {
    for (const [code, up] of above)
      for (const top of up) expect(allPurposes.indexOf(top)).toBeLessThan(allPurposes.indexOf(code));
  });
});

describe('sensitivity', () => {
  it.each([
    ['SUD', 'SUD ETHUD OPIOIDUD ETH'],
    ['ETH', 'ETH SUD ETHUD OPIOIDUD'],
    ['MH', 'MH PSY PSYTHPN'],
    ['SEX', 'SEX STD PREGNANT'],
    ['SDV', 'SDV MST'],
    ['SICKLE', 'SICKLE SCA'],
    ['SCA', 'SCA SICKLE'],
    ['BH', 'BH COGN DVD EMOTDIS'],
    ['SPI', 'SPI BH COGN DVD EMOTDIS MH PSY PSYTHPN SUD ETHUD OPIOIDUD ETH'],
    ['HIV', 'HIV'],
    ['unknown', 'unknown'],
  ])('%s covers its members, its umbrella and no more; circles end (L-10, L-12, R-11)', (code, covered) => {
    expect([...sensitivityAndBelow(code)].sort()).toEqual(covered.split(' ').sort());
  });

  it('is closed: whatever a code covers brings what that covers', () => {
    for (const code of restrictedSensitivity)
      for (const inner of sensitivityAndBelow(code))
        for (const innermost of sensitivityAndBelow(inner))
          expect([...sensitivityAndBelow(code)]).toContain(innermost);
  });
});
