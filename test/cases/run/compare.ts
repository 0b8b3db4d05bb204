/** Holds an answer against what a case expects, member by member (shared cases/README.md, `expect`). */
import { formatInstant, parseInstant } from '../../../src/base/instant.ts';
import { type Answer, nameOf } from './answer.ts';
import type { DecisionCase } from './case-format.ts';

export type Difference = { readonly expected: string; readonly got: string };

export function differences(given: DecisionCase, answer: Answer): readonly Difference[] {
  return [
    ...ofVisibility(given, answer),
    ...ofOutcome(given, answer),
    ...ofReason(given, answer),
    ...ofBasis(given, answer),
    ...ofObligations(given, answer),
    ...ofConflict(given, answer),
    ...ofBound(given, answer),
  ];
}

const namesIn = ({ candidates = [] }: DecisionCase): readonly string[] => candidates.map(nameOf);

const list = (names: readonly string[]): string => (names.length === 0 ? 'nothing' : names.join(' '));

/** A deny hides every candidate, whether or not the case lists them. */
function ofVisibility(given: DecisionCase, { visible }: Answer): readonly Difference[] {
  const { outcome, visible: shown = [], hidden = [] } = given.expect;
  const kept = outcome === 'deny' ? namesIn(given) : hidden;
  const missing = outcome === 'deny' ? [] : shown.filter((name) => !visible.includes(name));
  const leaked = kept.filter((name) => visible.includes(name));
  return [
    ...(missing.length > 0 ? [{ expected: `visible ${list(missing)}`, got: `hidden ${list(missing)}` }] : []),
    ...(leaked.length > 0 ? [{ expected: `hidden ${list(leaked)}`, got: `visible ${list(leaked)}` }] : []),
  ];
}

/** where nothing is visible, nor was meant to be, either outcome will do. */
function isEitherOutcome(given: DecisionCase, { visible }: Answer): boolean {
  const shown = given.expect.outcome === 'deny' ? [] : (given.expect.visible ?? []);
  return namesIn(given).length > 0 && visible.length === 0 && shown.length === 0;
}

function ofOutcome(given: DecisionCase, answer: Answer): readonly Difference[] {
  if (answer.outcome === given.expect.outcome || isEitherOutcome(given, answer)) return [];
  return [{ expected: given.expect.outcome, got: answer.outcome }];
}

/** The reason for one outcome says nothing about the other. */
function ofReason(given: DecisionCase, answer: Answer): readonly Difference[] {
  const { reason, outcome } = given.expect;
  if (reason === undefined || answer.reason === undefined || answer.outcome !== outcome) return [];
  return answer.reason === reason ? [] : [{ expected: `reason ${reason}`, got: `reason ${answer.reason}` }];
}

function ofBasis({ expect }: DecisionCase, { basis }: Answer): readonly Difference[] {
  if (!expect.basis || !basis) return [];
  const write = (each: { readonly consent: number; readonly path: string }) => `${each.consent}#${each.path}`;
  const got = basis.map(write);
  return expect.basis
    .map(write)
    .filter((wanted) => !got.includes(wanted))
    .map((wanted) => ({ expected: `basis ${wanted}`, got: `basis ${list(got)}` }));
}

function ofObligations({ expect }: DecisionCase, { obligations }: Answer): readonly Difference[] {
  if (!obligations) return [];
  const missing = (expect.obligations ?? []).filter((code) => !obligations.includes(code));
  if (missing.length === 0) return [];
  return [{ expected: `obligations ${list(missing)}`, got: `obligations ${list(obligations)}` }];
}

function ofConflict({ expect }: DecisionCase, { conflict }: Answer): readonly Difference[] {
  if (expect.conflict === undefined || conflict === undefined || conflict === expect.conflict) return [];
  return [{ expected: `conflict ${expect.conflict}`, got: `conflict ${conflict}` }];
}

/** The answer must not outlive the instant; one without a bound outlives any. */
function ofBound({ expect }: DecisionCase, { notAfter }: Answer): readonly Difference[] {
  const latest = expect.validUntil === undefined ? undefined : parseInstant(expect.validUntil);
  if (latest === undefined || notAfter === undefined) return [];
  if (notAfter !== 'none' && notAfter <= latest) return [];
  const got = notAfter === 'none' ? 'no bound' : `until ${formatInstant(notAfter as typeof latest)}`;
  return [{ expected: `until ${expect.validUntil} at most`, got }];
}
