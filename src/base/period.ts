/** A stretch of time with inclusive bounds; a missing bound is open (FHIR Period). */
import type { Instant } from './instant.ts';

export type Period = { readonly start?: Instant; readonly end?: Instant };

export const always: Period = {};

export function contains(period: Period, at: Instant): boolean {
  return !(isBefore(at, period.start) || isAfter(at, period.end));
}

export function overlaps(a: Period, b: Period): boolean {
  return !(isBefore(a.end, b.start) || isAfter(a.start, b.end));
}

const isBefore = (at: Instant | undefined, start: Instant | undefined): boolean =>
  at !== undefined && start !== undefined && at < start;

const isAfter = (at: Instant | undefined, end: Instant | undefined): boolean =>
  at !== undefined && end !== undefined && at > end;
