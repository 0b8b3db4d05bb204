/** A request to the FHIR API as it is fuzzed: who sends it, to which base, about which resource. */
import fc from 'fast-check';
import { anyText } from './values.ts';

/** `{own}`, `{hidden}` and `{deleted}` stand for ids that are known once there is a server. */
export type Fuzzed = {
  readonly as: 'limited' | 'pinned' | 'everybody' | 'stranger' | 'forger';
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Sent byte by byte, so that what is no UTF-8 can be sent. */
  readonly isBinary?: boolean;
};

export const one = <T>(...values: readonly T[]) => fc.constantFrom(...values);
export const often = <T>(...weighted: readonly (readonly [value: T, weight: number])[]) =>
  fc.oneof(...weighted.map(([value, weight]) => ({ weight, arbitrary: fc.constant(value) })));
export const base = one('R4', 'R4', 'R5', 'R5', 'R4B', '').map((name) =>
  name === '' ? '/fhir' : `/fhir/${name}`,
);
export const limited = often<Fuzzed['as']>(['limited', 10], ['pinned', 2], ['stranger', 1]);
/** Who may see everything; it only looks and adds, so that what is hidden stays what it was. */
export const anybody = often<Fuzzed['as']>(['limited', 5], ['everybody', 3], ['pinned', 2], ['forger', 1]);

export const encodedPart = (part: string): string => encodeURIComponent(part.toWellFormed());

export const type = one(
  'Consent',
  'Consent',
  'Consent',
  'Consent',
  'Patient',
  'Organization',
  'Group',
  'PractitionerRole',
  'AuditEvent',
  'Device',
);
export const id = fc.oneof(
  {
    weight: 9,
    arbitrary: often(['{own}', 8], ['{hidden}', 2], ['{deleted}', 1], ['unknown', 1], ['ann', 1], ['eve', 1]),
  },
  { weight: 1, arbitrary: anyText.map(encodedPart) },
);
