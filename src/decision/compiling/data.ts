/** What a provision asks of data, its codes expanded along hierarchies that run differently for permits and denies (M-5). */
import type { Coded, Condition, Content, DataCriterion, Effect } from '../../consent/consent.ts';
import { type Coding, codeSystems } from '../../fhir/coding.ts';
import { namesOfReference } from '../../fhir/reference.ts';
import { normalized } from '../../labeling/read-label.ts';
import { isConfidentiality, restrictedSensitivity, sensitivityAndBelow } from '../../labeling/vocabulary.ts';
import { type Directory, namesOf } from '../directory.ts';
import type { Atom } from '../filter.ts';
import type { DataTest } from '../program.ts';

export function dataOf(condition: Condition, effect: Effect, directory: Directory): readonly DataTest[] {
  const { labels, contents = [], codes, dataPeriod, data } = condition;
  return [
    ...(labels
      ? [
          {
            element: 'label' as const,
            anyOf: alternatives(labels, (label) => [labelAtom(normalized(label), effect)]),
          },
        ]
      : []),
    ...contents.map((group) => ({
      element: 'content' as const,
      anyOf: alternatives(group, (content) => [contentAtom(content)]),
    })),
    ...(codes
      ? [
          {
            element: 'code' as const,
            anyOf: alternatives(codes, (code) => [{ kind: 'code', anyOf: [code] }]),
          },
        ]
      : []),
    ...(dataPeriod ? [{ element: 'dataPeriod' as const, anyOf: [periodAtom(dataPeriod)] }] : []),
    ...(data
      ? [{ element: 'data' as const, anyOf: data.flatMap((each) => dataAtoms(each, effect, directory)) }]
      : []),
    ...expressionTests(condition),
  ];
}

function expressionTests({ expression }: Condition): readonly DataTest[] {
  if (expression === undefined) return [];
  if (expression === 'unreadable') return [{ element: 'expression', anyOf: [unknown('expression')] }];
  return expression.usesRequest
    ? []
    : [{ element: 'expression', anyOf: [{ kind: 'expression', expression, request: {} }] }];
}

const unknown = (why: string): Atom => ({ kind: 'unknown', why });

/** A value without a code may mean anything: no permit rests on it, and no deny is escaped by it. */
function alternatives<Value>(
  { values, uncoded }: Coded<Value>,
  atomsOf: (value: Value) => readonly Atom[],
): readonly Atom[] {
  return [...values.flatMap(atomsOf), ...(uncoded ? [unknown('code')] : [])];
}

const periodAtom = (period: NonNullable<Condition['dataPeriod']>): Atom =>
  period === 'unreadable' ? unknown('period') : { kind: 'date', within: period };

function labelAtom(label: Coding, effect: Effect): Atom {
  const { system, code } = label;
  if (system === codeSystems.confidentiality) {
    const bound = effect === 'permit' ? 'at-most' : 'at-least';
    return isConfidentiality(code) ? { kind: 'confidentiality', bound, code } : unknown('label');
  }
  if (system === undefined) return unknown('label');
  if (system !== codeSystems.actCode) return { kind: 'label', anyOf: [label] };
  return sensitivityAtom(code);
}

/** Shared by all programs, as there are few. */
function sensitivityAtom(code: string): Atom {
  const known = sensitivityAtoms.get(code);
  if (known) return known;
  const codings = [...sensitivityAndBelow(code)].map((each) => ({ system: codeSystems.actCode, code: each }));
  const atom: Atom = { kind: 'label', anyOf: codings };
  if (restrictedSensitivity.has(code)) sensitivityAtoms.set(code, atom);
  return atom;
}
const sensitivityAtoms = new Map<string, Atom>();

function contentAtom(content: Content): Atom {
  switch (content.kind) {
    case 'type':
      return { kind: 'type', anyOf: [content.type] };
    case 'profile':
      return { kind: 'profile', anyOf: [content.url] };
    case 'document-type':
      return { kind: 'document-type', anyOf: [content.coding] };
  }
}

function dataAtoms(
  { meaning, reference }: DataCriterion,
  effect: Effect,
  directory: Directory,
): readonly Atom[] {
  const names = reference.local === undefined ? [] : [reference.local];
  // By identifier it may be any resource, and elsewhere it may be a copy of one here.
  if (names.length === 0 && meaning !== 'authoredby') return [unknown('reference')];
  // A deny of one version covers every version, a permit only the one it names.
  const version = effect === 'permit' && reference.version ? { version: reference.version } : {};
  const itself: Atom = { kind: 'id', anyOf: names, ...version };
  switch (meaning) {
    case 'instance':
      return [itself];
    case 'related':
      return [itself, { kind: 'refers-to', anyOf: names, through: 'context' }];
    case 'dependents':
      return [itself, { kind: 'refers-to', anyOf: names, through: 'any' }];
    case 'authoredby':
      return [authoredBy(namesOf(directory, namesOfReference(reference)))];
    case 'unreadable':
      return [unknown('data')];
  }
}

/** Under every name the author is known by; one who is not named may be anybody. */
const authoredBy = (names: ReadonlySet<string>): Atom =>
  names.size === 0 ? unknown('reference') : { kind: 'author', anyOf: [...names] };
