/** The wire form of a filter as whoever holds the data evaluates it, written from its definition alone (§6.2). */
import { parseInstant } from '../../src/base/instant.ts';
import type { Json } from '../../src/base/json.ts';
import type { ResourceFacts } from '../../src/decision/facts.ts';
import type { Coding } from '../../src/fhir/coding.ts';

type Truth = boolean | undefined;
type Names = { readonly in: readonly string[] };
type Expression = {
  readonly and?: readonly Json[];
  readonly or?: readonly Json[];
  readonly not?: Json;
  readonly true?: 1;
  readonly false?: 1;
  readonly label?: Coding & { readonly op: string };
  readonly labelNone?: { readonly in: readonly Coding[] };
  readonly code?: { readonly in: readonly Coding[] };
  readonly date?: { readonly ge?: string; readonly lt?: string };
  readonly type?: Names;
  readonly profile?: Names;
  readonly id?: Names;
  readonly refTo?: Names & { readonly paths: readonly string[] };
  readonly author?: Names;
};

/** Undefined when an attribute is missing; an operator nobody knows throws. */
export function evaluateAst(json: Json | undefined, facts: ResourceFacts): Truth {
  const expression = json as Expression;
  const has = (list: readonly Coding[], { system, code }: Coding): boolean =>
    list.some((each) => each.system === system && each.code === code);
  if (expression.true) return true;
  if (expression.false) return false;
  if (expression.and) return every(expression.and.map((part) => evaluateAst(part, facts)));
  if (expression.or) return negated(every(expression.or.map((part) => negated(evaluateAst(part, facts)))));
  if (expression.not !== undefined) return negated(evaluateAst(expression.not, facts));
  if (expression.label?.op === 'eq') return has(facts.labels, expression.label);
  if (expression.labelNone) return !expression.labelNone.in.some((label) => has(facts.labels, label));
  if (expression.code)
    return expression.code.in.some((code) => has(facts.codes, code)) || (facts.isCoded ? false : undefined);
  if (expression.date) return facts.period && overlaps(facts.period, expression.date);
  if (expression.type) return expression.type.in.includes(facts.type);
  if (expression.profile) return expression.profile.in.some((profile) => facts.profiles.includes(profile));
  if (expression.id) return expression.id.in.includes(facts.name);
  if (expression.refTo)
    return meets(
      expression.refTo.in,
      expression.refTo.paths.includes('*') ? facts.references : facts.contexts,
    );
  if (expression.author)
    return facts.authors.length === 0 ? undefined : meets(expression.author.in, facts.authors);
  throw new Error(`unknown operator in ${JSON.stringify(json)}`);
}

const negated = (truth: Truth): Truth => (truth === undefined ? undefined : !truth);
const every = (truths: readonly Truth[]): Truth =>
  truths.includes(false) ? false : truths.includes(undefined) ? undefined : true;
const meets = (wanted: readonly string[], present: readonly string[]): boolean =>
  wanted.some((name) => present.includes(name));

function overlaps(
  {
    start = Number.NEGATIVE_INFINITY,
    end = Number.POSITIVE_INFINITY,
  }: { readonly start?: number; readonly end?: number },
  { ge, lt }: NonNullable<Expression['date']>,
): boolean {
  const from = ge === undefined ? Number.NEGATIVE_INFINITY : (parseInstant(ge) ?? Number.NaN);
  const until = lt === undefined ? Number.POSITIVE_INFINITY : (parseInstant(lt) ?? Number.NaN);
  return end >= from && start < until;
}
