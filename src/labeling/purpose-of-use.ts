/** One table of purposes in three spellings: v3 code, FHIR Coding, UDAP URN (interfaces.md, Names and ids). */
import { type Coding, codeSystems } from '../fhir/coding.ts';
import { isPurpose } from './vocabulary.ts';

/** OID of v3-ActReason, by which UDAP names a purpose (udap-b2b.md §6). */
const actReasonOid = 'urn:oid:2.16.840.1.113883.5.8';

/** Spellings of the code system met in the wild (security-labels.md L-3). */
const systems: ReadonlySet<string> = new Set([
  codeSystems.actReason,
  'http://hl7.org/fhir/v3/ActReason',
  'http://terminology.hl7.org/CodeSystem/v3-PurposeOfUse',
  'http://terminology.hl7.org/ValueSet/v3-PurposeOfUse',
  actReasonOid,
]);

/** The v3 code, or undefined for a purpose we cannot name; never a default. */
export function purposeFromCoding(coding: Coding): string | undefined {
  if (coding.system === undefined || !systems.has(coding.system)) return undefined;
  return isPurpose(coding.code) ? coding.code : undefined;
}

export const purposeCoding = (code: string): Coding => ({ system: codeSystems.actReason, code });

/** `urn:oid:2.16.840.1.113883.5.8#TREAT` (UDAP B2B §5.2.1.3). */
export const udapPurpose = (code: string): string => `${actReasonOid}#${code}`;

/** Reads a bare code, or the UDAP spelling `<system>#<code>`. */
export function purposeFromText(text: string): string | undefined {
  const hash = text.lastIndexOf('#');
  if (hash < 0) return isPurpose(text) ? text : undefined;
  return purposeFromCoding({ system: text.slice(0, hash), code: text.slice(hash + 1) });
}
