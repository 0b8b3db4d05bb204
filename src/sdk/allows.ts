/** Enforcing a residual where the data lies: may this resource be shown? (IHE PCF, ITI-71 3.71.4.2.2.1.4) */
import type { Json, JsonObject } from '../base/json.ts';
import { all, any, type Match } from './match.ts';
import { matchData, type ReferencesOf } from './match-data.ts';
import { matchLabels } from './match-labels.ts';
import { matchPeriods } from './match-period.ts';
import { type ResidualRule, readResidual } from './residual.ts';

/**
 * True when the resource may be shown under the `residual` of `extensions.ihe_pcf`, passed as received. A matching
 * `permit` overrides every `forbid`; within a rule all elements must match, of an element any value; `deny` is read
 * as `forbid`. A residual that is not understood shows nothing, and what a resource leaves unknown is held against
 * it. Confidentiality codes are ordered: a forbid of R covers V, a permit of N covers what is lower.
 *
 * `referencesOf` tells what a named resource refers to; without it a forbid of data `related` to it hides the
 * resources that might be meant.
 *
 * Pass `[]` only when the introspection response really had no residual.
 *
 * @example
 * const { residual } = introspected.extensions.ihe_pcf;
 * const entry = bundle.entry.filter(({ resource }) => allows(residual, resource));
 */
export function allows(
  residual: readonly Json[],
  resource: JsonObject,
  referencesOf?: ReferencesOf,
): boolean {
  const rules = readResidual(residual);
  if (!rules) return false;
  const matches = rules.map((rule) => ({
    effect: rule.effect,
    match: matchRule(rule, resource, referencesOf),
  }));
  const isPermitted = matches.some(({ effect, match }) => effect === 'permit' && match === 'yes');
  return isPermitted || !matches.some(({ effect, match }) => effect === 'forbid' && match !== 'no');
}

function matchRule(rule: ResidualRule, resource: JsonObject, referencesOf: ReferencesOf | undefined): Match {
  return all([
    rule.securityLabel ? matchLabels(rule.securityLabel, resource, rule.effect) : 'yes',
    rule.dataPeriod ? matchPeriods(rule.dataPeriod, resource) : 'yes',
    rule.data ? any(rule.data.map((data) => matchData(data, resource, rule.effect, referencesOf))) : 'yes',
  ]);
}
