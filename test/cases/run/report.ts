/** The lines a run prints: each failure, the count of each door, and the sum. */
import type { Verdict } from './run-cases.ts';

export function linesOf(verdicts: readonly Verdict[]): readonly string[] {
  const doors = [...new Set(verdicts.map(({ door }) => door))];
  const failed = verdicts.filter(({ came }) => came === 'failed');
  return [
    ...failed.map(lineOf),
    ...doors.map((door) => countOf(door, verdicts)),
    `${verdicts.filter(({ came }) => came === 'passed').length} passed, ${failed.length} failed`,
  ];
}

export const lineOf = ({ id, door, differs }: Verdict): string =>
  [
    id,
    door,
    differs.map(({ expected }) => expected).join('; '),
    differs.map(({ got }) => got).join('; '),
  ].join(' · ');

function countOf(door: string, verdicts: readonly Verdict[]): string {
  const count = (came: Verdict['came']): number =>
    verdicts.filter((each) => each.door === door && each.came === came).length;
  return `${door}: ${count('passed')} passed, ${count('failed')} failed, ${count('n/a')} n/a`;
}
