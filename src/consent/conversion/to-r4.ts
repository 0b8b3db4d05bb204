/** A Consent of R5 in the shape of R4 and R4B (fhir-consent.md §5). */
import type { JsonObject } from '../../base/json.ts';
import { element, elements } from '../../fhir/read-element.ts';
import { reference } from '../../fhir/schemas/datatypes.ts';
import { losesSources, sourcesToR4 } from './attachments.ts';
import { carry } from './carrier.ts';
import { ofR5 } from './carriers.ts';
import { categoriesToR4 } from './categories.ts';
import { partiesToR4 } from './parties.ts';
import { policiesToR4 } from './policies.ts';
import { rewritten, withExtensions, withMembers } from './rewrite.ts';
import { rulesToR4 } from './rules-to-r4.ts';
import { statusToR4 } from './statuses.ts';
import type { Unpacked } from './unpack.ts';
import { verificationToR4 } from './verifications.ts';

/** In R4 a consent is a patient's. */
const isPatient = reference('Patient');
const isOther = reference('Practitioner', 'Group');

export function isSayableInR4(resource: JsonObject): boolean {
  const subject = element(resource, 'subject');
  return !subject || isPatient.safeParse(subject).success || !isOther.safeParse(subject).success;
}

/** What R4 has no place for, and no extension of ours holds. */
export const losesInR4 = losesSources;

const subjectToR4 = ({ subject, ...body }: JsonObject): JsonObject => withMembers(body, { patient: subject });

const dateToR4 = ({ date, _date, dateTime, ...body }: JsonObject): JsonObject =>
  withMembers(body, { dateTime: dateTime ?? date, _dateTime: _date });

function textsToR4(body: JsonObject): JsonObject {
  const carried = elements(body, 'policyText').flatMap((each) => carry(ofR5.policyText, each));
  return withExtensions(withMembers(body, { policyText: undefined }), 'extension', carried);
}

const steps = [subjectToR4, dateToR4, statusToR4, categoriesToR4, partiesToR4, sourcesToR4, textsToR4];

export function toR4(unpacked: Unpacked): JsonObject {
  const policies = policiesToR4(unpacked.body);
  const body = steps.reduce((so, step) => step(so), rulesToR4({ ...unpacked, body: policies }));
  return rewritten(body, 'verification', verificationToR4);
}
