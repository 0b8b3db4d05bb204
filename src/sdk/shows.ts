/** Enforcing `residual_ast` where the data lies: may this resource be shown? (access-denied-and-enforcement.md §6.6) */
import { type Instant, parseInstant } from '../base/instant.ts';
import type { JsonObject } from '../base/json.ts';
import { objectOf, textOf } from './members.ts';
import { readExpression } from './residual-expression.ts';
import { factsOf, type Reading } from './resource-facts.ts';

export type ShowsOptions = Partial<Reading> & {
  /** Now: from `notAfter` on the residual shows nothing. */
  readonly at?: Instant;
};

/**
 * True when the resource may be shown under `residual_ast`, passed as received; it says more than the `residual` of
 * IHE PCF, which `allows` reads. A version, kind or operator that is not understood shows nothing, and what a resource
 * leaves unknown hides it. A label of a system that nobody knows counts as R, one under an old name as what it was.
 *
 * `timezone` is that of the authority's policies, UTC unless told: a date without a time is a day there.
 * FHIRPath (`ext`) is not evaluated: what it is asked of stays unknown, and so hidden.
 *
 * @example
 * const { residual_ast: ast } = introspected;
 * const entry = bundle.entry.filter(({ resource }) => shows(ast, resource, { at }));
 */
export function shows(ast: JsonObject, resource: JsonObject, options: ShowsOptions = {}): boolean {
  const { timezone = 'UTC', ownBases = [], at } = options;
  if (!isUnderstood(ast) || isOver(ast, at) || ast['kind'] === 'ALWAYS_DENIED') return false;
  const byType = objectOf(ast['byType']) ?? {};
  const facts = factsOf(resource, { timezone, ownBases });
  const test = readExpression(Object.hasOwn(byType, facts.type) ? byType[facts.type] : byType['*']);
  return test?.(facts) === 'yes';
}

const members = ['v', 'kind', 'byType', 'unknown', 'basedOn', 'notAfter'];

/** `unknown: allow` is of the form too, but no authority of ours says it. */
const isUnderstood = (ast: JsonObject): boolean =>
  ast['v'] === 1 &&
  ast['unknown'] === 'deny' &&
  ['ALWAYS_ALLOWED', 'ALWAYS_DENIED', 'CONDITIONAL'].some((kind) => kind === ast['kind']) &&
  Object.keys(ast).every((name) => members.includes(name));

function isOver({ notAfter }: JsonObject, at: Instant | undefined): boolean {
  if (notAfter === undefined) return false;
  const end = parseInstant(textOf(notAfter) ?? '');
  return end === undefined || (at !== undefined && at >= end);
}
