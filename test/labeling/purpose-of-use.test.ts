/** One table of purposes in three spellings (interfaces.md, Names and ids). */
import { expect, it } from 'vitest';
import {
  purposeCoding,
  purposeFromCoding,
  purposeFromText,
  udapPurpose,
} from '../../src/labeling/purpose-of-use.ts';

const system = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';

it('a code is written as Coding and as UDAP writes it, and read back from both', () => {
  expect(purposeCoding('TREAT')).toEqual({ system, code: 'TREAT' });
  expect(udapPurpose('TREAT')).toBe('urn:oid:2.16.840.1.113883.5.8#TREAT');
  expect(purposeFromCoding(purposeCoding('HRESCH'))).toBe('HRESCH');
  expect(purposeFromText(udapPurpose('BTG'))).toBe('BTG');
  expect(purposeFromText('TREAT')).toBe('TREAT');
});

it.each([
  'http://hl7.org/fhir/v3/ActReason',
  'http://terminology.hl7.org/CodeSystem/v3-PurposeOfUse',
  'urn:oid:2.16.840.1.113883.5.8',
])('an older name of the system is understood: %s (L-3)', (alias) => {
  expect(purposeFromCoding({ system: alias, code: 'TREAT' })).toBe('TREAT');
});

it.each([
  { code: 'TREAT' },
  { system: 'urn:x', code: 'TREAT' },
  { system, code: 'treat' },
  { system, code: 'toString' },
])('never a default: %o is no purpose', (coding) => {
  expect(purposeFromCoding(coding)).toBeUndefined();
});

it.each(['', '#', 'x#TREAT', 'urn:oid:2.16.840.1.113883.5.8#', 'FUN'])('nor is %j', (text) => {
  expect(purposeFromText(text)).toBeUndefined();
});
