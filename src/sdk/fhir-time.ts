/** FHIR dates and periods as stretches of time, in UTC; a date covers its whole day, month or year. */
import {
  asInstant,
  civil,
  daysInMonth,
  type Instant,
  millisecondsPerDay,
  parseInstant,
} from '../base/instant.ts';
import type { Json } from '../base/json.ts';
import type { Period } from '../base/period.ts';
import { objectOf, textOf } from './members.ts';

/** A FHIR Period with at least one bound, both inclusive. */
export function periodOf(value: Json | undefined): Period | undefined {
  const period = objectOf(value);
  const start = boundOf(period?.['start']);
  const end = boundOf(period?.['end']);
  if (start === 'unreadable' || end === 'unreadable' || (start === undefined && end === undefined))
    return undefined;
  return {
    ...(start?.start === undefined ? {} : { start: start.start }),
    ...(end?.end === undefined ? {} : { end: end.end }),
  };
}

function boundOf(value: Json | undefined): Period | 'unreadable' | undefined {
  return value === undefined ? undefined : (dateTimeOf(value) ?? 'unreadable');
}

/** From the first to the last moment that a FHIR date, dateTime or instant may mean. */
export function dateTimeOf(value: Json | undefined): Period | undefined {
  const text = textOf(value) ?? '';
  const instant = parseInstant(text);
  if (instant !== undefined) return { start: instant, end: instant };
  const parts = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(text);
  return parts ? wholeOf(Number(parts[1]), numberOf(parts[2]), numberOf(parts[3])) : undefined;
}

const numberOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);

function wholeOf(year: number, month: number | undefined, day: number | undefined): Period | undefined {
  const first = civil(year, month ?? 1, day ?? 1);
  const lastMonth = month ?? 12;
  const last = first === undefined ? undefined : civil(year, lastMonth, day ?? daysInMonth(year, lastMonth));
  return first === undefined || last === undefined
    ? undefined
    : { start: startOf(first), end: asInstant(startOf(last + 1) - 1) };
}

const startOf = (day: number): Instant => asInstant(day * millisecondsPerDay);
