/** Expands the codes of a condition along their hierarchies, which run differently for permits and denies (M-5, R-9). */
import type { Coded, Condition, Content, DataCriterion, Effect } from '../consent/consent.ts';
import { type Coding, codeSystems } from '../fhir/coding.ts';
import { normalized } from '../labeling/read-label.ts';
import { isPurpose, purposeAndBelow, sensitivityAndBelow } from '../labeling/vocabulary.ts';
import type { Atom } from './filter.ts';
import type { CompiledCondition } from './program.ts';
import { type Action, actions } from './request.ts';
import type { DecisionSettings } from './settings.ts';

export function compileCondition(
  condition: Condition,
  effect: Effect,
  settings: DecisionSettings,
): CompiledCondition {
  return {
    effect,
    purposes: condition.purposes && {
      codes: purposesOf(condition.purposes.values, effect, settings.explicitOnlyPurposes),
      uncoded: condition.purposes.uncoded,
    },
    actions: condition.actions && {
      codes: new Set(condition.actions.values.flatMap((action) => actionsCovered(action, effect))),
      uncoded: condition.actions.uncoded || condition.actions.values.some((action) => !isAction(action)),
    },
    actors: condition.actors,
    data: dataOf(condition, effect),
    limits: condition.limits ?? [],
  };
}

function purposesOf(
  codings: readonly Coding[],
  effect: Effect,
  explicitOnly: readonly string[],
): ReadonlySet<string> {
  const named = new Set(
    codings
      .map(normalized)
      .filter(isStandardPurpose)
      .map(({ code }) => code),
  );
  const covered = [...named].flatMap((code) => [...purposeAndBelow(code)]);
  const reached = covered.filter(
    (code) => effect === 'deny' || named.has(code) || !explicitOnly.includes(code),
  );
  // A purpose of the deployment's own system is itself and nothing more; it cannot pass for one of the standard.
  const own = codings.map(normalized).filter((coding) => !isStandardPurpose(coding));
  return new Set([
    ...reached,
    ...own.map(({ code }) => code).filter((code) => effect === 'deny' || !isPurpose(code)),
  ]);
}

const isStandardPurpose = ({ system }: Coding): boolean => system === codeSystems.actReason;

const actionSystems: ReadonlySet<string | undefined> = new Set([
  codeSystems.consentAction,
  'http://hl7.org/fhir/consentaction',
  undefined,
]);

const isAction = ({ system, code }: Coding): boolean =>
  actionSystems.has(system) && actions.some((each) => each === code);

/** `correct` includes the retrieval it needs, so permitting it permits access and denying access denies it. */
function actionsCovered(coding: Coding, effect: Effect): readonly Action[] {
  const action = isAction(coding) ? actions.find((each) => each === coding.code) : undefined;
  if (!action) return [];
  if (effect === 'permit' && action === 'correct') return ['correct', 'access'];
  if (effect === 'deny' && action === 'access') return ['access', 'correct'];
  return [action];
}

function dataOf(condition: Condition, effect: Effect): CompiledCondition['data'] {
  const { labels, contents = [], codes, dataPeriod, data, expression } = condition;
  return [
    ...(labels ? [alternatives(labels, (label) => [labelAtom(normalized(label), effect)])] : []),
    ...contents.map((group) => alternatives(group, (content) => [contentAtom(content)])),
    ...(codes ? [alternatives(codes, (code) => [{ kind: 'code', anyOf: [code] }])] : []),
    ...(dataPeriod ? [[periodAtom(dataPeriod)]] : []),
    ...(data ? [data.flatMap((each) => dataAtoms(each, effect))] : []),
    ...(expression === undefined ? [] : [[unknown('expression')]]),
  ];
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
  if (label.system === codeSystems.confidentiality) {
    return {
      kind: 'confidentiality',
      bound: effect === 'permit' ? 'at-most' : 'at-least',
      code: label.code,
    };
  }
  if (label.system === undefined) return unknown('label');
  if (label.system !== codeSystems.actCode) return { kind: 'label', anyOf: [label] };
  const covered = [...sensitivityAndBelow(label.code)];
  return { kind: 'label', anyOf: covered.map((code) => ({ system: codeSystems.actCode, code })) };
}

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

function dataAtoms({ meaning, reference }: DataCriterion, effect: Effect): readonly Atom[] {
  const name = reference.local;
  // By identifier it may be any resource, and elsewhere it may be a copy of one here.
  if (name === undefined) return [unknown('reference')];
  // A deny of one version covers every version, a permit only the one it names.
  const version = effect === 'permit' && reference.version ? { version: reference.version } : {};
  const itself: Atom = { kind: 'id', anyOf: [name], ...version };
  switch (meaning) {
    case 'instance':
      return [itself];
    case 'related':
      return [itself, { kind: 'refers-to', anyOf: [name], through: 'context' }];
    case 'dependents':
      return [itself, { kind: 'refers-to', anyOf: [name], through: 'any' }];
    case 'authoredby':
      return [{ kind: 'author', anyOf: [name] }];
    case 'unreadable':
      return [unknown('data')];
  }
}
