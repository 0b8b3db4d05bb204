/** Whether a base deny refuses, or only grants nothing else (fhir-consent.md §6.4.5). */
import type { Condition, Provision, Rule } from '../../consent/consent.ts';
import { type Coding, codeSystems } from '../../fhir/coding.ts';
import { normalized } from '../../labeling/read-label.ts';
import type { DecisionSettings } from '../settings.ts';

/** A refusal may leave a door open for emergencies and stays a refusal. */
const emergencies: ReadonlySet<string> = new Set(['BTG', 'ETREAT', 'ERTREAT']);

export function isImplicitDeny(
  rule: Rule,
  policies: readonly string[],
  { policyBases }: DecisionSettings,
): boolean {
  if (rule.base !== 'deny') return false;
  const forced = policies
    .map((policy) => policyBases[policy])
    .find((base) => base === 'deny' || base === 'default-deny');
  return forced ? forced === 'default-deny' : opensMoreThanEmergencies(rule.exceptions, false);
}

// An opening that has ended still counts: time passing never turns "not granted" into "refused".
function opensMoreThanEmergencies(provisions: readonly Provision[], parentIsEmergency: boolean): boolean {
  return provisions.some(({ effect, condition, children }) => {
    const emergency = isEmergencyOnly(condition, parentIsEmergency);
    return (effect === 'permit' && !emergency) || opensMoreThanEmergencies(children, emergency);
  });
}

/** Without purposes of its own it is what its parent is. */
function isEmergencyOnly({ purposes }: Condition, parentIsEmergency: boolean): boolean {
  if (!purposes) return parentIsEmergency;
  const codes = purposes.values.map(normalized);
  const isEmergency = ({ system, code }: Coding): boolean =>
    system === codeSystems.actReason && emergencies.has(code);
  return !purposes.uncoded && codes.every(isEmergency);
}
