/** What each rule of the consents on file asks, as it was read; a program no longer knows. */
import type { Condition, Consent, Effect, Provision } from '../../consent/consent.ts';
import { readConsent } from '../../consent/read-consent.ts';
import type { StoredResource } from '../../fhir/resource.ts';
import type { DecisionSettings } from '../settings.ts';

export type Conditions = ReadonlyMap<string, Condition>;

/** Of the two readings of one root each has its own effect (N-4). */
export const nameOf = (consent: string, rule: { readonly path: string; readonly effect: Effect }): string =>
  `${consent} ${rule.effect} ${rule.path}`;

export const conditionsIn = (onFile: readonly StoredResource[], settings: DecisionSettings): Conditions =>
  new Map(onFile.map((stored) => readConsent(stored, settings)).flatMap(conditionsOf));

type Named = readonly [string, Condition];

function conditionsOf({ id, rules }: Consent): readonly Named[] {
  const inside = (provisions: readonly Provision[]): readonly Named[] =>
    provisions.flatMap((provision) => [
      [nameOf(id, provision), provision.condition] as const,
      ...inside(provision.children),
    ]);
  return rules.flatMap(({ base, basePath, scope, exceptions }) => [
    [nameOf(id, { path: basePath, effect: base }), scope] as const,
    ...inside(exceptions),
  ]);
}
