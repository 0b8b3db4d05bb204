/** The purposes a provision covers, which differ for permits and denies (M-7, L-14, R-9). */
import type { Effect } from '../../consent/consent.ts';
import { type Coding, codeSystems } from '../../fhir/coding.ts';
import { normalized } from '../../labeling/read-label.ts';
import { isPurpose, purposeAndBelow } from '../../labeling/vocabulary.ts';
import type { DecisionSettings } from '../settings.ts';

/** Standard codes with all they cover, shared by all programs; a code of the deployment's own is itself and nothing more. */
export function purposesOf(
  codings: readonly Coding[],
  effect: Effect,
  settings: DecisionSettings,
): readonly ReadonlySet<string>[] {
  const each = codings.map(normalized);
  const standard = each.filter(isStandardPurpose);
  // It cannot pass for one of the standard.
  const own = each
    .filter((coding) => !isStandardPurpose(coding))
    .map(({ code }) => code)
    .filter((code) => effect === 'deny' || !isPurpose(code));
  return [
    ...[...new Set(standard.map(({ code }) => code))].map((code) => purposeCovered(code, effect, settings)),
    ...(own.length > 0 ? [new Set(own)] : []),
  ];
}

/** A deny covers everything below its code; a permit all but what must be named (M-7, L-14, R-9). */
function purposeCovered(
  code: string,
  effect: Effect,
  { explicitOnlyPurposes }: DecisionSettings,
): ReadonlySet<string> {
  if (effect === 'deny') return purposeAndBelow(code);
  const ready = permitted.get(explicitOnlyPurposes) ?? new Map<string, ReadonlySet<string>>();
  permitted.set(explicitOnlyPurposes, ready);
  const known = ready.get(code);
  if (known) return known;
  const covered = new Set(
    [...purposeAndBelow(code)].filter(
      (each) => each === code || !(each === 'BTG' || explicitOnlyPurposes.includes(each)),
    ),
  );
  if (isPurpose(code)) ready.set(code, covered);
  return covered;
}

/** What a permit covers follows from the settings alone, so it is worked out once for each of them. */
const permitted = new WeakMap<readonly string[], Map<string, ReadonlySet<string>>>();

const isStandardPurpose = ({ system }: Coding): boolean => system === codeSystems.actReason;
