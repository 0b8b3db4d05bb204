/** Where an answer is not the engine's: in what it leaves out, and in what it says beyond. */
import { isDeepStrictEqual } from 'node:util';
import { type Answer, nameOf } from './answer.ts';
import type { DecisionCase } from './case-format.ts';
import { differences } from './compare.ts';
import { nowOf } from './filed.ts';

/**
 * One sentence each. Where nothing can be seen either outcome will do, and then the rest says nothing.
 *
 * @param keptSeconds how long this door lets an answer be kept; absent means until it may change
 */
export function disagreements(
  given: DecisionCase,
  engine: Answer,
  answer: Answer,
  keptSeconds?: number,
): readonly string[] {
  const differs = differences({ ...given, expect: expectationOf(given, engine) }, answer).map(
    ({ expected, got }) => `${got} instead of ${expected}`,
  );
  if (answer.outcome !== engine.outcome) return differs;
  const longest = keptSeconds === undefined ? Number.POSITIVE_INFINITY : nowOf(given) + keptSeconds * 1000;
  const ownObligations = answer.obligations?.filter((code) => !residuals.includes(code)).toSorted();
  return [
    ...differs,
    ...unlike('basis', answer.basis, engine.basis),
    ...unlike('obligations', ownObligations, engine.obligations?.toSorted()),
    ...unlike('bound', answer.notAfter && boundOf(answer), Math.min(boundOf(engine), longest)),
  ];
}

/** What doors call the part that is left to be checked. */
const residuals: readonly string[] = ['residual', 'REDACT'];

function expectationOf({ candidates = [] }: DecisionCase, engine: Answer): DecisionCase['expect'] {
  const { outcome, visible, reason, conflict } = engine;
  return {
    outcome,
    visible: [...visible],
    hidden: candidates.map(nameOf).filter((name) => !visible.includes(name)),
    ...(reason === undefined ? {} : { reason }),
    ...(conflict === undefined ? {} : { conflict }),
  };
}

/** What a door does not show is like anything. */
function unlike(member: string, got: unknown, wanted: unknown): readonly string[] {
  if (got === undefined || isDeepStrictEqual(got, wanted)) return [];
  return [`${member} ${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`];
}

const boundOf = ({ notAfter = 'none' }: Answer): number =>
  notAfter === 'none' ? Number.POSITIVE_INFINITY : notAfter;
