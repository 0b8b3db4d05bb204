/** Whether a resource belongs to one of the periods a residual names (FHIR Consent.provision.dataPeriod). */
import type { JsonObject } from '../base/json.ts';
import { overlaps, type Period } from '../base/period.ts';
import { dateTimeOf, periodOf } from './fhir-time.ts';
import { isYes, type Match } from './match.ts';
import { objectOf } from './members.ts';

/** Where resources say when the event was; the first that is present counts. */
const elements = [
  ...[
    'effectiveDateTime',
    'effectivePeriod',
    'effectiveInstant',
    'onsetDateTime',
    'onsetPeriod',
    'recordedDate',
  ],
  ...['authoredOn', 'performedDateTime', 'performedPeriod', 'occurrenceDateTime', 'occurrencePeriod'],
  ...['period', 'date', 'issued'],
];

export function matchPeriods(wanted: readonly Period[], resource: JsonObject): Match {
  const time = relevantTime(resource);
  if (time === undefined) return 'unknown';
  return isYes(wanted.some((period) => overlaps(period, time)));
}

function relevantTime(resource: JsonObject): Period | undefined {
  const stated = elements.map((element) => resource[element]).find((value) => value !== undefined);
  const value = stated ?? objectOf(resource['meta'])?.['lastUpdated'];
  return dateTimeOf(value) ?? periodOf(value);
}
