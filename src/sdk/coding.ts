/** A code in a code system, compared by both and never by display. */
import type { Json } from '../base/json.ts';
import { objectOf, textOf } from './members.ts';

export type Coding = { readonly system?: string; readonly code: string };

export const actReason = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';

export const sameCoding = (a: Coding, b: Coding): boolean => a.code === b.code && a.system === b.system;

export function codingOf(value: Json | undefined): Coding | undefined {
  const code = textOf(objectOf(value)?.['code']);
  const system = textOf(objectOf(value)?.['system']);
  return code === undefined ? undefined : { code, ...(system === undefined ? {} : { system }) };
}

/** Same codes on both sides, in any order and however often. */
export function sameCodings(a: readonly Coding[], b: readonly Coding[]): boolean {
  const within = (part: readonly Coding[], whole: readonly Coding[]): boolean =>
    part.every((coding) => whole.some((other) => sameCoding(coding, other)));
  return within(a, b) && within(b, a);
}
