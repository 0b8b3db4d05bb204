/** Codes as a client may write them: a Coding, `system|code`, or a bare code. */
import { type Coding, codeSystems } from '../../fhir/coding.ts';
import {
  compartmentWords,
  obligationWords,
  refrainWords,
  sensitivityWords,
} from '../../labeling/display-words.ts';
import { purposeFromCoding, purposeFromText } from '../../labeling/purpose-of-use.ts';
import { isConfidentiality, isPurpose } from '../../labeling/vocabulary.ts';
import type { Code } from './wire.ts';

export function codingFrom(code: Code): Coding {
  if (typeof code !== 'string') return code;
  const bar = code.lastIndexOf('|');
  return bar < 0 ? { code } : { ...systemIn(code.slice(0, bar)), code: code.slice(bar + 1) };
}

const systemIn = (system: string) => (system === '' ? {} : { system });

/** A bare label is one of v3, if that has it; one that nobody knows stays without a system, and counts as R (L-2). */
export function labelFrom(code: Code): Coding {
  const coding = codingFrom(code);
  if (coding.system !== undefined) return coding;
  const system = systemOfLabel(coding.code);
  return system === undefined ? coding : { system, code: coding.code };
}

function systemOfLabel(code: string): string | undefined {
  if (isConfidentiality(code)) return codeSystems.confidentiality;
  if (isPurpose(code)) return codeSystems.actReason;
  return actCodes.has(code) ? codeSystems.actCode : undefined;
}

const actCodes: ReadonlySet<string> = new Set(
  [sensitivityWords, compartmentWords, obligationWords, refrainWords].flatMap(Object.keys),
);

/** The v3 code; a purpose that nobody knows stays as it was said, and meets no permit that names one. */
export function purposeFrom(code: Code): string {
  if (typeof code === 'string' && !code.includes('|')) return purposeFromText(code) ?? code;
  const coding = codingFrom(code);
  return purposeFromCoding(coding) ?? `${coding.system ?? ''}|${coding.code}`;
}
