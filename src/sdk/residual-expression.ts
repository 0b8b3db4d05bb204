/** The expressions of a residual AST, version 1 (access-denied-and-enforcement.md §6.2), read as tests of a resource. */
import { parseInstant } from '../base/instant.ts';
import { isObject, type Json } from '../base/json.ts';
import { overlaps, type Period } from '../base/period.ts';
import { actReason, type Coding, codingOf, sameCoding } from './coding.ts';
import { canonicalLabel } from './known-labels.ts';
import { all, any, isYes, type Match } from './match.ts';
import { listOf, objectOf, textOf, textsOf } from './members.ts';
import type { ResourceFacts } from './resource-facts.ts';

/** `unknown` when the resource does not say. */
export type Test = (facts: ResourceFacts) => Match;

/** Undefined for every operator, and every member of one, that is not known here (P5). */
export function readExpression(json: Json | undefined): Test | undefined {
  const [operator, ...more] = Object.entries(objectOf(json) ?? {});
  if (!operator || more.length > 0) return undefined;
  const [name, operand] = operator;
  return Object.hasOwn(operators, name) ? operators[name]?.(operand) : undefined;
}

const operators: Readonly<Record<string, (operand: Json) => Test | undefined>> = {
  and: (parts) => joined(parts, all, 'yes'),
  or: (parts) => joined(parts, any, 'no'),
  not: (part) => {
    const test = readExpression(part);
    return test && ((facts) => negated[test(facts)]);
  },
  true: (one) => (one === 1 ? () => 'yes' : undefined),
  false: (one) => (one === 1 ? () => 'no' : undefined),
  label: readLabel,
  labelNone: (operand) => {
    const labels = codingsIn(operand)?.map(canonicalLabel);
    return labels && ((facts) => isYes(!bearsAny(labels, facts)));
  },
  type: (operand) => named(operand, (names, { type }) => isYes(names.includes(type))),
  profile: (operand) =>
    named(operand, (names, { profiles }) => isYes(names.some((name) => profiles.includes(name)))),
  code: readCode,
  date: readDate,
  id: (operand) =>
    named(operand, (names, { name, version }) =>
      isYes(names.includes(name) || names.includes(`${name}/_history/${version ?? ''}`)),
    ),
  refTo: readReferences,
  author: (operand) =>
    named(operand, (names, { authors }) =>
      authors.length === 0 ? 'unknown' : isYes(names.some((name) => authors.includes(name))),
    ),
  // Nobody evaluates FHIRPath here: what it says is not known, nor is its opposite.
  ext: (operand) =>
    hasOnly(operand, ['fhirpath']) && textOf(objectOf(operand)?.['fhirpath']) !== undefined
      ? () => 'unknown'
      : undefined,
};

const negated: Readonly<Record<Match, Match>> = { yes: 'no', no: 'yes', unknown: 'unknown' };

function joined(operand: Json, join: (matches: readonly Match[]) => Match, empty: Match): Test | undefined {
  const tests = listOf(operand)?.map(readExpression);
  if (!tests?.every((test) => test !== undefined)) return undefined;
  return tests.length === 0 ? () => empty : (facts) => join(tests.map((test) => test(facts)));
}

function readLabel(operand: Json): Test | undefined {
  const coding = codingOf(operand);
  if (!coding || !hasOnly(operand, ['system', 'code', 'op']) || objectOf(operand)?.['op'] !== 'eq')
    return undefined;
  const wanted = canonicalLabel(coding);
  return ({ labels }) => isYes(labels.some((label) => sameCoding(label, wanted)));
}

/** A list that names purposes means every purpose: one that nobody knows is among them (L-16). */
const bearsAny = (wanted: readonly Coding[], { labels, hasUnknownPurpose }: ResourceFacts): boolean =>
  labels.some((label) => wanted.some((other) => sameCoding(label, other))) ||
  (hasUnknownPurpose && wanted.some(({ system }) => system === actReason));

function readCode(operand: Json): Test | undefined {
  const { isa, ...rest } = objectOf(operand) ?? {};
  const wanted = codingsIn(rest);
  if (!wanted || (isa !== undefined && isa !== false)) return undefined;
  const isThere = (coding: Coding): boolean => wanted.some((other) => sameCoding(coding, other));
  return ({ codes, isCoded }) => (codes.some(isThere) ? 'yes' : isCoded ? 'no' : 'unknown');
}

function readDate(operand: Json): Test | undefined {
  const { ge, lt, basis } = objectOf(operand) ?? {};
  if (!hasOnly(operand, ['ge', 'lt', 'basis']) || basis !== 'clinical') return undefined;
  const [from, until] = [ge, lt].map((bound) =>
    bound === undefined ? bound : (parseInstant(textOf(bound) ?? '') ?? null),
  );
  if (from === null || until === null) return undefined;
  const wanted: Period = {
    ...(from === undefined ? {} : { start: from }),
    ...(until === undefined ? {} : { end: (until - 1) as typeof until }),
  };
  return ({ period }) => (period ? isYes(overlaps(period, wanted)) : 'unknown');
}

function readReferences(operand: Json): Test | undefined {
  const { paths: given, ...rest } = objectOf(operand) ?? {};
  const paths = textsOf(given);
  if (!paths) return undefined;
  return named(rest, (names, { references }) =>
    isYes(paths.flatMap((path) => references(path)).some((name) => names.includes(name))),
  );
}

function named(
  operand: Json,
  test: (names: readonly string[], facts: ResourceFacts) => Match,
): Test | undefined {
  const names = textsOf(objectOf(operand)?.['in']);
  return names && hasOnly(operand, ['in']) ? (facts) => test(names, facts) : undefined;
}

function codingsIn(operand: Json): readonly Coding[] | undefined {
  const codings = listOf(objectOf(operand)?.['in'])?.map(codingOf);
  return hasOnly(operand, ['in']) && codings?.every((coding) => coding !== undefined) ? codings : undefined;
}

const hasOnly = (operand: Json, members: readonly string[]): boolean =>
  isObject(operand) && Object.keys(operand).every((name) => members.includes(name));
