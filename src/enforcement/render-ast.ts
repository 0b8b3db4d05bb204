/** A filter in our normative wire form, version 1 (access-denied-and-enforcement.md §6.2). */
import { formatInstant, type Instant } from '../base/instant.ts';
import type { Json } from '../base/json.ts';
import type { Atom, Filter } from '../decision/filter.ts';
import { codeSystems } from '../fhir/coding.ts';

export type ResidualAst = {
  readonly v: 1;
  readonly kind: 'ALWAYS_ALLOWED' | 'ALWAYS_DENIED' | 'CONDITIONAL';
  readonly byType: Readonly<Record<string, Json>>;
  readonly unknown: 'deny';
  readonly basedOn: readonly string[];
  readonly notAfter?: string;
};

type Circumstances = { readonly basedOn: readonly string[]; readonly notAfter: Instant | undefined };

export function renderAst(filter: Filter, { basedOn, notAfter }: Circumstances): ResidualAst {
  const kind =
    filter.op === 'all' ? 'ALWAYS_ALLOWED' : filter.op === 'none' ? 'ALWAYS_DENIED' : 'CONDITIONAL';
  const until = notAfter === undefined ? {} : { notAfter: formatInstant(notAfter) };
  return { v: 1, kind, byType: { '*': expression(filter) }, unknown: 'deny', basedOn, ...until };
}

function expression(filter: Filter): Json {
  switch (filter.op) {
    case 'all':
      return { true: 1 };
    case 'none':
      return { false: 1 };
    case 'and':
      return { and: filter.of.map(expression) };
    case 'or':
      return { or: filter.of.map(expression) };
    case 'is':
      return atomExpression(filter.atom);
    case 'not':
      return negated(filter.atom);
  }
}

function negated(atom: Atom): Json {
  if (atom.kind === 'label') return { labelNone: { in: atom.anyOf.map((label) => ({ ...label })) } };
  // What cannot be known hides whichever way it was asked.
  return atom.kind === 'unknown' ? { false: 1 } : { not: atomExpression(atom) };
}

function atomExpression(atom: Atom): Json {
  switch (atom.kind) {
    case 'confidentiality':
      return {
        label: {
          system: codeSystems.confidentiality,
          code: atom.code,
          op: atom.bound === 'at-most' ? 'le' : 'ge',
        },
      };
    case 'label':
      return { or: atom.anyOf.map((label) => ({ label: { ...label, op: 'eq' } })) };
    case 'type':
      return { type: { in: atom.anyOf } };
    case 'profile':
      return { profile: { in: atom.anyOf } };
    case 'document-type':
    case 'code':
      return { code: { in: atom.anyOf.map((code) => ({ ...code })), isa: false } };
    case 'date':
      return { date: dateBounds(atom.within) };
    case 'id':
      return {
        id: { in: atom.anyOf.map((name) => (atom.version ? `${name}/_history/${atom.version}` : name)) },
      };
    case 'refers-to':
      return { refTo: { in: atom.anyOf, paths: ['*'] } };
    case 'referred-by':
      return { false: 1 };
    case 'author':
      return { author: { in: atom.anyOf } };
    case 'unknown':
      return { false: 1 };
  }
}

function dateBounds({ start, end }: { readonly start?: Instant; readonly end?: Instant }): Json {
  return {
    ...(start === undefined ? {} : { ge: formatInstant(start) }),
    ...(end === undefined ? {} : { le: formatInstant(end) }),
    basis: 'clinical',
  };
}
