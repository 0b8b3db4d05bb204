/** The clinically relevant time of a resource, in the time zone of the policy (fhir-consent.md M-13). */
import {
  asInstant,
  civil,
  daysInMonth,
  type Instant,
  millisecondsPerDay,
  parseInstant,
} from '../base/instant.ts';
import type { Json, JsonObject } from '../base/json.ts';
import type { Period } from '../base/period.ts';
import { objectOf, textOf } from './members.ts';

/** Most telling first; the first that is there decides, also where it cannot be read. */
const elements = [
  ...['effective', 'onset', 'recordedDate', 'authoredOn', 'performed', 'occurrence'],
  ...['period', 'actualPeriod', 'date', 'issued'],
];
const spellings = ['', 'Period', 'DateTime', 'Instant', 'Timing', 'Age', 'Range', 'String'];
const names = elements.flatMap((element) => spellings.map((spelling) => element + spelling));

/** Undefined when the resource does not say. */
export function timeOf(resource: JsonObject, timezone: string): Period | undefined {
  const value = names.map((name) => resource[name]).find((each) => each !== undefined);
  if (value === undefined) return spanOf(objectOf(resource['meta'])?.['lastUpdated'], timezone);
  const period = objectOf(value);
  if (!period) return spanOf(value, timezone);
  return 'start' in period || 'end' in period ? periodOf(period, timezone) : undefined;
}

function periodOf(period: JsonObject, timezone: string): Period | undefined {
  const start = boundOf(period, 'start', timezone);
  const end = boundOf(period, 'end', timezone);
  if (start === 'unreadable' || end === 'unreadable') return undefined;
  return { ...(start ? { start: start.start } : {}), ...(end ? { end: end.end } : {}) };
}

type Span = { readonly start: Instant; readonly end: Instant };

function boundOf(period: JsonObject, name: 'start' | 'end', timezone: string) {
  if (period[name] === undefined) return period[`_${name}`] === undefined ? undefined : 'unreadable';
  return spanOf(period[name], timezone) ?? 'unreadable';
}

const partialDate = /^(?<year>\d{4})(?:-(?<month>\d\d)(?:-(?<day>\d\d))?)?$/;

/** First and last millisecond; a time without a fraction names a whole second. */
function spanOf(value: Json | undefined, timezone: string): Span | undefined {
  const text = textOf(value) ?? '';
  const instant = parseInstant(text);
  if (instant !== undefined)
    return { start: instant, end: asInstant(text.includes('.') ? instant : instant + 999) };
  const parts = partialDate.exec(text)?.groups;
  if (!parts) return undefined;
  const year = Number(parts['year']);
  const lastMonth = Number(parts['month'] ?? 12);
  const first = civil(year, Number(parts['month'] ?? 1), Number(parts['day'] ?? 1));
  const last = civil(year, lastMonth, Number(parts['day'] ?? daysInMonth(year, lastMonth)));
  if (first === undefined || last === undefined) return undefined;
  return { start: midnight(first, timezone), end: asInstant(midnight(last + 1, timezone) - 1) };
}

/** Where clocks skip midnight, the moment at which they jump. */
function midnight(day: number, timezone: string): Instant {
  const local = day * millisecondsPerDay;
  if (timezone === 'UTC') return asInstant(local);
  const guess = local - offsetAt(local - offsetAt(local, timezone), timezone);
  const isDayBefore = guess + offsetAt(guess, timezone) < local;
  return asInstant(isDayBefore ? local - offsetAt(guess, timezone) : guess);
}

/** Milliseconds by which the zone's wall clock is ahead of UTC. */
function offsetAt(at: number, timezone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const part = (type: string): number => Number(parts.find((each) => each.type === type)?.value ?? 0);
  const day = civil(part('year'), part('month'), part('day')) ?? 0;
  const seconds = (part('hour') * 60 + part('minute')) * 60 + part('second');
  return day * millisecondsPerDay + seconds * 1000 - Math.floor(at / 1000) * 1000;
}
