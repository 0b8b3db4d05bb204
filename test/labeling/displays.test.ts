/** Codes in words that a patient understands. */
import { describe, expect, it } from 'vitest';
import { codeSystems } from '../../src/fhir/coding.ts';
import { obligationWords, refrainWords } from '../../src/labeling/display-words.ts';
import { displayOf } from '../../src/labeling/displays.ts';
import { compartmentLabels, minorProtectedLabels } from '../../src/labeling/limiting-labels.ts';
import { allPurposes, confidentialityOrder, restrictedSensitivity } from '../../src/labeling/vocabulary.ts';

const { actReason, actCode, confidentiality, consentAction } = codeSystems;

describe('a code we know', () => {
  it.each([
    [actReason, 'ETREAT', 'emergency treatment'],
    [actCode, 'SUD', 'substance use'],
    [confidentiality, 'V', 'very restricted'],
    [consentAction, 'disclose', 'share'],
    [actCode, 'MINEC', 'take no more than is necessary'],
    ['http://hl7.org/fhir/resource-types', 'Observation', 'Observation'],
    ['urn:oid:2.16.840.1.113883.5.25', 'R', 'restricted'],
    ['http://healthit.gov/nhin/purposeofuse', 'RESEARCH', 'research'],
  ])('%s %s reads `%s`', (system, code, words) => {
    expect(displayOf({ system, code })).toBe(words);
  });

  it('has words, whichever of our vocabularies it is from', () => {
    const known = [
      ...allPurposes.map((code) => ({ system: actReason, code })),
      ...confidentialityOrder.map((code) => ({ system: confidentiality, code })),
      ...['collect', 'access', 'use', 'disclose', 'correct'].map((code) => ({ system: consentAction, code })),
      ...[...restrictedSensitivity, ...compartmentLabels, ...minorProtectedLabels].map((code) => ({
        system: actCode,
        code,
      })),
    ];
    for (const coding of known) expect(displayOf(coding)).toMatch(/^[a-zA-Z][a-zA-Z '/,()]+$/);
  });

  it('has every obligation and refrain of the tables (security-labels.md §§5, 6)', () => {
    const obligations =
      'ANONY DEID PSEUD AOD AUDIT AUDTR CPLYPOL CPLYCC CPLYCD CPLYCUI CPLYJPP CPLYJSP CPLYOPP CPLYOSP DECLASSIFYLABEL ' +
      'DOWNGRDLABEL DRIVLABEL LABEL PERSISTLABEL UPGRDLABEL DELAU ENCRYPT ENCRYPTR ENCRYPTT ENCRYPTU HUAPRV MASK MINEC ' +
      'PRIVMARK CUIMark REDACT PROCESSINLINELABEL';
    const refrains =
      'NOAUTH NOCOLLECT NODSCLCD NODSCLCDS NOINTEGRATE NOLIST NOMOU NOORGPOL NOPAT NOPERSISTP NORDSCLCD NORDSLCD ' +
      'NORDSCLCDS NORDSCLW NORELINK NOREUSE NOVIP ORCON';
    expect(Object.keys(obligationWords)).toEqual(obligations.split(' '));
    expect(Object.keys(refrainWords)).toEqual(refrains.split(' '));
  });

  it('keeps our words whatever its writer displays', () => {
    expect(displayOf({ system: actReason, code: 'HMARKT', display: 'Treatment' })).toBe('marketing');
  });
});

describe('a code we do not know', () => {
  it('is shown as its writer displays it', () => {
    expect(displayOf({ system: 'urn:x', code: 'a', display: 'A thing' })).toBe('A thing');
  });

  it.each([
    { system: 'urn:x', code: 'a' },
    { system: 'urn:x', code: 'a', display: '' },
    { code: 'a' },
    { system: actReason, code: 'a' },
  ])('or in backticks: %o', (coding) => {
    expect(displayOf(coding)).toBe('`a`');
  });

  it('is no member of every object', () => {
    expect(displayOf({ system: actCode, code: 'constructor' })).toBe('`constructor`');
  });
});
