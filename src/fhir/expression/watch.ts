/** Looks at every step of an evaluation, and ends it where it does too much or would depend on the machine. */
import { effortOf, mostEffort, type Taken } from './effort.ts';
import { valuesIn } from './plain-data.ts';
import type { Node } from './tree.ts';

export type Watch = {
  /** The library calls it after each step with what the step found. */
  readonly step: (context: unknown, focus: unknown, found: unknown, node: Node) => void;
  /** Whether the evaluation was ended, even where the library took no notice. */
  readonly ended: () => boolean;
  readonly effort: () => number;
};

export function watch(takers: ReadonlyMap<Node, Taken>): Watch {
  let effort = 0;
  let isEnded = false;
  const compared = new Map<Node, Clock>();
  const step = (_context: unknown, _focus: unknown, found: unknown, node: Node) => {
    const values = (Array.isArray(found) ? found : [found]).flatMap(valuesIn);
    const taken = takers.get(node);
    effort += effortOf(values, taken?.use);
    compared.delete(node);
    const isBad = values.some((value) => typeof value === 'function') || mixesClocks(values, taken, compared);
    isEnded ||= isBad || effort > mostEffort;
    if (isEnded) throw new Error('evaluation ended');
  };
  return { step, ended: () => isEnded, effort: () => effort };
}

/** By what a date is told. */
type Clock = 'calendar' | 'instant';

/**
 * The library compares a day with an instant, and a time without a zone with anything, in the time zone of the machine.
 */
function mixesClocks(
  values: readonly unknown[],
  taken: Taken | undefined,
  compared: Map<Node, Clock>,
): boolean {
  if (taken?.use !== 'compared' && taken?.use !== 'united') return false;
  return values.some((value) => {
    const clock = clockOf(value);
    const other = compared.get(taken.by);
    if (clock !== undefined && clock !== 'unzoned') compared.set(taken.by, clock);
    return clock === 'unzoned' || (clock !== undefined && other !== undefined && clock !== other);
  });
}

function clockOf(value: unknown): Clock | 'unzoned' | undefined {
  const text = dateTextOf(value) ?? '';
  if (!dateTime.test(text)) return undefined;
  if (!text.includes('T')) return 'calendar';
  return /(?:Z|[+-]\d\d:\d\d)$/.test(text) ? 'instant' : 'unzoned';
}

const dateTime = /^\d{4}(?:-\d\d(?:-\d\d)?)?(?:T[\d:.]*(?:Z|[+-]\d\d:\d\d)?)?$/;

/** Dates that the library made itself keep how they were written. */
function dateTextOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.length <= 40 ? value : undefined;
  const written = typeof value === 'object' && value !== null && 'asStr' in value ? value.asStr : undefined;
  return typeof written === 'string' ? written : undefined;
}
