/** A Consent of R4 or R4B in the shape of R5 (fhir-consent.md §5). */
import type { JsonObject } from '../../base/json.ts';
import { element, elements, text } from '../../fhir/read-element.ts';
import { sourcesToR5 } from './attachments.ts';
import { carry } from './carrier.ts';
import { ofR4 } from './carriers.ts';
import { categoriesToR5 } from './categories.ts';
import { partiesToR5 } from './parties.ts';
import { policiesToR5 } from './policies.ts';
import { rewritten, withExtensions, withMembers } from './rewrite.ts';
import { rulesToR5 } from './rules-to-r5.ts';
import { statusToR5 } from './statuses.ts';
import type { Unpacked } from './unpack.ts';
import { dateOf } from './unpack-r5.ts';
import { verificationToR5 } from './verifications.ts';

const patientToR5 = ({ patient, ...body }: JsonObject): JsonObject => withMembers(body, { subject: patient });

function dateToR5({ dateTime, _dateTime, ...body }: JsonObject): JsonObject {
  const date = typeof dateTime === 'string' ? dateOf(dateTime) : dateTime;
  const around = element({ ...(_dateTime ? { _dateTime } : {}) }, '_dateTime') ?? {};
  const carried = date === dateTime ? [] : carry(ofR4.dateTime, dateTime);
  // In R4 an extension of that name says nothing; in R5 it would speak in place of the date, or beside ours.
  const others = elements(around, 'extension').filter((each) => text(each, 'url') !== ofR4.dateTime.url);
  return withMembers(body, {
    date,
    _date: withExtensions(withMembers(around, { extension: others }), 'extension', carried),
  });
}

const steps = [patientToR5, dateToR5, statusToR5, categoriesToR5, partiesToR5, sourcesToR5, policiesToR5];

export function toR5(unpacked: Unpacked): JsonObject {
  const body = steps.reduce((so, step) => step(so), rulesToR5(unpacked));
  return rewritten(body, 'verification', verificationToR5);
}
