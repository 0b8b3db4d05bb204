/** Expands the codes of a condition along their hierarchies, which run differently for permits and denies (M-5, R-9). */
import { always } from '../base/period.ts';
import type { Condition, Content, DataCriterion, Effect } from '../consent/consent.ts';
import { type Coding, codeSystems } from '../fhir/coding.ts';
import { identifierToken } from '../fhir/reference.ts';
import { normalized } from '../labeling/read-label.ts';
import { purposeAndBelow, sensitivityAndBelow } from '../labeling/vocabulary.ts';
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
    purposes: condition.purposes && purposesOf(condition.purposes, effect, settings.explicitOnlyPurposes),
    actions:
      condition.actions && new Set(condition.actions.flatMap(({ code }) => actionsCovered(code, effect))),
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
  const named = codings
    .map(normalized)
    .filter(({ system }) => system === codeSystems.actReason || system === undefined);
  const codes = new Set(named.map(({ code }) => code));
  const covered = [...codes].flatMap((code) => [...purposeAndBelow(code)]);
  const reached = covered.filter(
    (code) => effect === 'deny' || codes.has(code) || !explicitOnly.includes(code),
  );
  // A purpose from a system of the deployment's own is itself and nothing more.
  const own = codings.filter(
    ({ system }) => normalized({ code: '', ...(system ? { system } : {}) }).system !== codeSystems.actReason,
  );
  return new Set([...reached, ...own.map(({ code }) => code)]);
}

/** `correct` includes the retrieval it needs, so permitting it permits access and denying access denies it. */
function actionsCovered(code: string, effect: Effect): readonly Action[] {
  const action = actions.find((each) => each === code);
  if (!action) return [];
  if (effect === 'permit' && action === 'correct') return ['correct', 'access'];
  if (effect === 'deny' && action === 'access') return ['access', 'correct'];
  return [action];
}

function dataOf(condition: Condition, effect: Effect): readonly (readonly Atom[])[] {
  const { labels, contents = [], codes, dataPeriod, data, expression } = condition;
  return [
    ...(labels ? [labels.map((label) => labelAtom(normalized(label), effect))] : []),
    ...contents.map((group) => group.map(contentAtom)),
    ...(codes ? [[{ kind: 'code', anyOf: codes } as const]] : []),
    ...(dataPeriod && dataPeriod !== always ? [[{ kind: 'date', within: dataPeriod } as const]] : []),
    ...(data ? [data.flatMap((each) => dataAtoms(each, effect))] : []),
    ...(expression === undefined ? [] : [[{ kind: 'unknown', why: 'expression' } as const]]),
  ];
}

function labelAtom(label: Coding, effect: Effect): Atom {
  if (label.system === codeSystems.confidentiality) {
    return { kind: 'confidentiality', bound: effect === 'permit' ? 'at-most' : 'at-least', code: label.code };
  }
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
  const name = reference.local ?? (reference.identifier ? identifierToken(reference.identifier) : undefined);
  if (name === undefined) return [{ kind: 'unknown', why: 'reference' }];
  // A deny of one version covers every version, a permit only the one it names.
  const version = effect === 'permit' && reference.version ? { version: reference.version } : {};
  const itself: Atom = { kind: 'id', anyOf: [name], ...version };
  switch (meaning) {
    case 'instance':
      return [itself];
    case 'related':
      return [itself, { kind: 'refers-to', anyOf: [name] }, { kind: 'referred-by', anyOf: [name] }];
    case 'dependents':
      return [itself, { kind: 'refers-to', anyOf: [name] }];
    case 'authoredby':
      return [{ kind: 'author', anyOf: [name] }];
  }
}
