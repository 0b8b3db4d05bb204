/** One table of purposes in three spellings: v3 code, FHIR Coding, UDAP URN (interfaces.md, Names and ids). */
import { type Coding, codeSystems } from '../fhir/coding.ts';
import { normalized } from './read-label.ts';
import { isPurpose } from './vocabulary.ts';

/** OID of v3-ActReason, by which UDAP names a purpose (udap-b2b.md §6). */
const actReasonOid = 'urn:oid:2.16.840.1.113883.5.8';

/** The v3 code, whichever system says it (L-3), or undefined for a purpose we cannot name; never a default. */
export function purposeFromCoding(coding: Coding): string | undefined {
  const { system, code } = normalized(coding);
  return system === codeSystems.actReason && isPurpose(code) ? code : undefined;
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
