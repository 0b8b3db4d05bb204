/** FHIR dates as stretches of time: a date without a time is the whole day, month or year in the policy's time zone. */
import {
  asInstant,
  civil,
  daysInMonth,
  type Instant,
  millisecondsPerDay,
  parseInstant,
} from '../base/instant.ts';
import type { JsonObject } from '../base/json.ts';
import type { Period } from '../base/period.ts';

const partialDate = /^(?<year>\d{4})(?:-(?<month>\d\d)(?:-(?<day>\d\d))?)?$/;

/** The first and the last millisecond that a date, dateTime or instant covers; undefined when it is none of them. */
export function spanOf(written: string, timezone: string): { start: Instant; end: Instant } | undefined {
  const instant = parseInstant(written);
  if (instant !== undefined) return { start: instant, end: endOfPrecision(instant, written) };
  const parts = partialDate.exec(written)?.groups;
  if (!parts) return undefined;
  const year = Number(parts['year']);
  const firstMonth = Number(parts['month'] ?? 1);
  const lastMonth = Number(parts['month'] ?? 12);
  const first = civil(year, firstMonth, Number(parts['day'] ?? 1));
  const last = civil(year, lastMonth, Number(parts['day'] ?? daysInMonth(year, lastMonth)));
  if (first === undefined || last === undefined) return undefined;
  return { start: midnight(first, timezone), end: asInstant(midnight(last + 1, timezone) - 1) };
}

/** A FHIR Period with inclusive bounds (EV-2); undefined when a bound is there and cannot be read. */
export function readPeriod(element: JsonObject, timezone: string): Period | undefined {
  const start = bound(element, 'start', timezone);
  const end = bound(element, 'end', timezone);
  if (start === 'unreadable' || end === 'unreadable') return undefined;
  return { ...(start ? { start: start.start } : {}), ...(end ? { end: end.end } : {}) };
}

/** A bound that only says why it is missing is no bound anybody can rely on. */
function bound(element: JsonObject, name: 'start' | 'end', timezone: string) {
  const written = element[name];
  if (written === undefined) return element[`_${name}`] === undefined ? undefined : 'unreadable';
  return typeof written === 'string' ? (spanOf(written, timezone) ?? 'unreadable') : 'unreadable';
}

// A time without a fraction names a whole second.
const endOfPrecision = (instant: Instant, written: string): Instant =>
  asInstant(written.includes('.') ? instant : instant + 999);

/** The first instant of a civil day in a zone, also where clocks skip midnight: then it is when they jump. */
function midnight(day: number, timezone: string): Instant {
  const local = day * millisecondsPerDay;
  if (timezone === 'UTC') return asInstant(local);
  const guess = local - offsetAt(local - offsetAt(local, timezone), timezone);
  const isDayBefore = guess + offsetAt(guess, timezone) < local;
  return asInstant(isDayBefore ? local - offsetAt(guess, timezone) : guess);
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Milliseconds by which the zone's wall clock is ahead of UTC at a moment. */
function offsetAt(at: number, timezone: string): number {
  const parts = Object.fromEntries(
    formatterOf(timezone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const day = civil(parts['year'] ?? 0, parts['month'] ?? 0, parts['day'] ?? 0) ?? 0;
  const seconds = ((parts['hour'] ?? 0) * 60 + (parts['minute'] ?? 0)) * 60 + (parts['second'] ?? 0);
  return day * millisecondsPerDay + seconds * 1000 - Math.floor(at / 1000) * 1000;
}

function formatterOf(timezone: string): Intl.DateTimeFormat {
  const known = formatters.get(timezone);
  if (known) return known;
  const numeric = 'numeric' as const;
  const parts = {
    year: numeric,
    month: numeric,
    day: numeric,
    hour: numeric,
    minute: numeric,
    second: numeric,
  };
  const made = new Intl.DateTimeFormat('en-US', { timeZone: timezone, hourCycle: 'h23', ...parts });
  formatters.set(timezone, made);
  return made;
}
