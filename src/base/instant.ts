/** A moment in time, in milliseconds since 1970-01-01T00:00:00Z; there is no clock in here. */
export type Instant = number & { readonly [instant]: true };
declare const instant: unique symbol;

export const asInstant = (milliseconds: number): Instant => milliseconds as Instant;

export const plusSeconds = (at: Instant, seconds: number): Instant => asInstant(at + seconds * 1000);

/** Seconds since the epoch, rounded down: the NumericDate of RFC 7519 §2. */
export const toEpochSeconds = (at: Instant): number => Math.floor(at / 1000);
/** A NumericDate may have a fraction; of it, whole milliseconds count. */
export const fromEpochSeconds = (seconds: number): Instant => asInstant(Math.floor(seconds * 1000));

export const earlier = (a: Instant, b: Instant): Instant => (a < b ? a : b);

/** `2026-10-01T10:00:00.000Z`. */
export function formatInstant(at: Instant): string {
  const days = Math.floor(at / millisecondsPerDay);
  const rest = at - days * millisecondsPerDay;
  const { year, month, day } = civilFromDays(days);
  const time = [Math.floor(rest / 3_600_000), Math.floor(rest / 60_000) % 60, Math.floor(rest / 1000) % 60];
  const [hour, minute, second] = time.map((part) => pad(part, 2));
  const date = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
  return `${date}T${hour}:${minute}:${second}.${pad(rest % 1000, 3)}Z`;
}

/** Reads an RFC 3339 instant, with seconds and an offset; anything else is undefined. */
export function parseInstant(text: string): Instant | undefined {
  const parts = rfc3339.exec(text)?.groups;
  if (!parts) return undefined;
  const number = (name: string): number => Number(parts[name] ?? '0');
  const date = civil(number('year'), number('month'), number('day'));
  if (date === undefined || number('hour') > 23 || number('minute') > 59 || number('second') > 60)
    return undefined;
  const offset = offsetMinutes(parts['offset'] ?? 'Z');
  if (offset === undefined) return undefined;
  const milliseconds = Math.floor(Number(`0.${parts['fraction'] ?? '0'}`) * 1000);
  const seconds = (number('hour') * 60 + number('minute') - offset) * 60 + number('second');
  return asInstant(date * millisecondsPerDay + seconds * 1000 + milliseconds);
}

const rfc3339 =
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)T(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)(?:\.(?<fraction>\d{1,9}))?(?<offset>Z|[+-]\d\d:\d\d)$/;

export const millisecondsPerDay = 86_400_000;

/** Days since the epoch of a proleptic Gregorian date, or undefined when there is no such date. */
export function civil(year: number, month: number, day: number): number | undefined {
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  return daysFromCivil(year, month, day);
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

// Years are counted from March, so that the leap day comes last and months have a regular length.
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function civilFromDays(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return { year, month, day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1 };
}

function offsetMinutes(offset: string): number | undefined {
  if (offset === 'Z') return 0;
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(4, 6));
  if (hours > 14 || minutes > 59) return undefined;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

const pad = (value: number, width: number): string => String(value).padStart(width, '0');
