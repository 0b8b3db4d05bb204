/** Purposes as exchange networks code them (security-labels.md §4). */
import { describe, expect, it } from 'vitest';
import { codeSystems } from '../../src/fhir/coding.ts';
import { purposeFromCoding, purposeFromText } from '../../src/labeling/purpose-of-use.ts';
import { normalized } from '../../src/labeling/read-label.ts';
import { isPurpose } from '../../src/labeling/vocabulary.ts';

const system = 'http://healthit.gov/nhin/purposeofuse';

const mapped =
  'TREATMENT→TREAT PAYMENT→HPAYMT OPERATIONS→HOPERAT EMERGENCY→ETREAT PUBLICHEALTH→PUBHLTH RESEARCH→HRESCH ' +
  'REQUEST→PATRQT FAMILY→FAMRQT COVERAGE→COVERAGE MARKETING→HMARKT SYSADMIN→HSYSADMIN FRAUD→FRAUD TRAINING→TRAIN ' +
  'LEGAL→HLEGAL JUDICIAL→HLEGAL LAW→HLEGAL DIRECTORY→HDIRECT DISASTER→DISASTER THREAT→THREAT DECEASED→HDECD ' +
  'DONATION→DONAT GOVERNMENT→GOV';
const rows = mapped.split(' ').map((row) => row.split('→') as [string, string]);
const unmapped = ['PSYCHOTHERAPY', 'PRESENT', 'ABUSE', 'OVERSIGHT', 'WORKERSCOMP'];

describe('a purpose of the network', () => {
  it.each(rows)('%s is %s, in a claim and in a consent', (code, v3) => {
    expect(isPurpose(v3)).toBe(true);
    expect(purposeFromCoding({ system, code })).toBe(v3);
    expect(purposeFromText(`${system}#${code}`)).toBe(v3);
    expect(normalized({ system, code })).toEqual({ system: codeSystems.actReason, code: v3 });
  });

  it.each([...unmapped, 'TREAT', 'treatment', 'toString', '__proto__'])(
    '%s has no counterpart: it stays itself and is no purpose',
    (code) => {
      expect(purposeFromCoding({ system, code })).toBeUndefined();
      expect(normalized({ system, code })).toEqual({ system, code });
    },
  );

  it('is one of 27, each settled', () => {
    expect(new Set([...rows.map(([code]) => code), ...unmapped]).size).toBe(27);
  });

  it('is none without its system, nor under the OID of message headers, which no FHIR publication ties to it', () => {
    expect(purposeFromCoding({ code: 'TREATMENT' })).toBeUndefined();
    const oid = 'urn:oid:2.16.840.1.113883.3.18.7.1';
    expect(purposeFromCoding({ system: oid, code: 'TREATMENT' })).toBeUndefined();
  });
});
