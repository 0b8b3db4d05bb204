/** Whom a program is about, and whether a consent is about the same person (fhir-consent.md EV-4). */
import type { Instant } from '../../base/instant.ts';
import type { JsonObject } from '../../base/json.ts';
import { always, type Period } from '../../base/period.ts';
import { spanOf } from '../../fhir/civil-time.ts';
import { element, elements, text } from '../../fhir/read-element.ts';
import { namesOfReference, type Reference, readReference } from '../../fhir/reference.ts';
import type { Resource, StoredResource } from '../../fhir/resource.ts';
import { type Directory, isActive, namesIn, namesOf, periodOf } from '../directory.ts';
import type { Subject } from '../program.ts';
import type { DecisionSettings } from '../settings.ts';

export function subjectOf(patient: string, directory: Directory, settings: DecisionSettings): Subject {
  const records = samePerson(patient, directory);
  return { names: namesOf(directory, records), majority: majorityOf(records, directory, settings) };
}

/**
 * Every record of the person: merged ones name each other by `Patient.link`, in whichever direction (EV-4). Records that
 * are only said to be of one person (`seealso`, `refer`) stay apart, each with its own consents.
 */
function samePerson(patient: string, directory: Directory): readonly string[] {
  const records = [...directory.entries].filter(([, { type }]) => type === 'Patient');
  const links = records.flatMap(([from, { resource }]) =>
    elements(resource, 'link')
      .filter((link) => merging.has(text(link, 'type') ?? ''))
      .flatMap((link) =>
        [...namesOf(directory, namesIn(directory, link, 'other'))].map((to) => [from, to] as const),
      ),
  );
  const same = [patient];
  for (const known of same)
    for (const [from, to] of links) {
      if (from === known && !same.includes(to)) same.push(to);
      if (to === known && !same.includes(from)) same.push(from);
    }
  return same;
}

const merging: ReadonlySet<string> = new Set(['replaced-by', 'replaces']);

/** The start of the birthday; of a date of birth without a day, the earliest it may be. Born on 29 February: on 1 March. */
function majorityOf(
  records: readonly string[],
  directory: Directory,
  { majorityAge, timezone }: DecisionSettings,
): Instant | undefined {
  const births = records.flatMap(
    (record) => text(directory.entries.get(record)?.resource, 'birthDate') ?? [],
  );
  const [birth] = births;
  if (birth === undefined) return undefined;
  const birthday = `${String(Number(birth.slice(0, 4)) + majorityAge).padStart(4, '0')}${birth.slice(4)}`;
  return (spanOf(birthday, timezone) ?? spanOf(birthday.replace('-02-29', '-03-01'), timezone))?.start;
}

/** When a consent is about the person: always, while the person is a member of the Group it is about, or never. */
export function concernOf(
  { resource, patient }: StoredResource,
  subject: Subject,
  directory: Directory,
  settings: DecisionSettings,
): readonly Period[] {
  if (patient !== undefined && subject.names.has(`Patient/${patient}`)) return [always];
  const reference = readReference(
    element(resource, 'patient') ?? element(resource, 'subject') ?? {},
    settings.ownBases,
  );
  if (namesPatient(reference, subject)) return [always];
  return [...namesOf(directory, namesOfReference(reference))]
    .flatMap((name) => directory.entries.get(name) ?? [])
    .flatMap(({ type, resource: group }) =>
      type === 'Group' ? membershipsIn(group, subject, settings) : [],
    );
}

/** The patient is compared by `Type/id`, wherever the reference points. */
function namesPatient(reference: Reference, { names }: Subject): boolean {
  if (namesOfReference(reference).some((name) => names.has(name))) return true;
  const { foreign } = reference;
  return foreign !== undefined && [...names].some((name) => foreign.endsWith(`/${name}`));
}

/** Of whoever is an active member and not excluded. */
function membershipsIn(
  group: Resource,
  { names }: Subject,
  { timezone, ownBases }: DecisionSettings,
): readonly Period[] {
  const isSubject = (owner: JsonObject, name: string): boolean =>
    namesIn({ ownBases }, owner, name).some((each) => names.has(each));
  const isExcluded = elements(group, 'characteristic').some(
    (trait) => trait['exclude'] === true && isSubject(trait, 'valueReference'),
  );
  if (!isActive(group) || isExcluded) return [];
  return elements(group, 'member')
    .filter((member) => member['inactive'] !== true && isSubject(member, 'entity'))
    .map((member) => periodOf(member, timezone));
}

export { namesPatient };
