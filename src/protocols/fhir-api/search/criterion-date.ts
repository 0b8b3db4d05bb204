/** Criteria of type date (FHIR R4 §3.1.1.4.6). */
import type { Failure } from '../../../base/failure.ts';
import { asInstant, type Instant } from '../../../base/instant.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { spanOf } from '../../../fhir/civil-time.ts';
import { withinCalendar } from '../../../fhir/search/index-values.ts';
import type { Condition, DateTest } from '../../../fhir/search/search.ts';
import { type CriteriaContext, type Criterion, readEach, unreadable } from './criterion.ts';
import { unescaped } from './search-parameters.ts';

export function dateCondition(criterion: Criterion, { at }: CriteriaContext): Result<Condition, Failure> {
  const tests = readEach(criterion.values, (value) => {
    const test = readDateTest(unescaped(value), at);
    return test ? ok([test]) : err(unreadable(criterion, value, expected));
  });
  if (!tests.ok) return tests;
  const any = tests.value;
  return ok(
    criterion.parameter.column === 'updated'
      ? { kind: 'updated', any }
      : { kind: 'date', parameters: criterion.names, any },
  );
}

const expected = 'a date such as `2026`, `ge2026-05-01` or `lt2026-05-01T10:30:00Z`';

/** `2026-05`, `ge2026-05-01`: all that a value of its precision may mean, with its prefix. */
export function readDateTest(written: string, at: Instant): DateTest | undefined {
  const [, prefix = 'eq', date = ''] = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)?(.*)$/s.exec(written) ?? [];
  // A `+` that came unescaped in an address reads as a space, and no date has one.
  const span = date.startsWith('0000') ? undefined : searchedSpan(date.replace(' ', '+'));
  if (!span) return undefined;
  // A tenth of the time between now and then, to both sides.
  const margin = prefix === 'ap' ? Math.round(Math.abs(at - span.start) / 10) : 0;
  return {
    prefix: prefix as DateTest['prefix'],
    start: withinCalendar(asInstant(span.start - margin)),
    end: withinCalendar(asInstant(span.end + margin)),
  };
}

/** Seconds may be left out, and so may the time zone, which then is UTC as in the index. */
function searchedSpan(written: string): { readonly start: Instant; readonly end: Instant } | undefined {
  const [, minutes, seconds, zone = 'Z'] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/.exec(written) ?? [];
  if (minutes === undefined) return spanOf(written, 'UTC');
  if (seconds !== undefined) return spanOf(minutes + seconds + zone, 'UTC');
  const first = spanOf(`${minutes}:00${zone}`, 'UTC');
  return first && { start: first.start, end: asInstant(first.start + 59_999) };
}
