/** By which parameter a type is searched for its clinically relevant time (M-13), where one sees the same element. */
import { asInstant, formatInstant } from '../../base/instant.ts';
import type { Period } from '../../base/period.ts';
import type { Shape } from '../../fhir/search/search-parameter.ts';
import { type Criterion, nothing, partly, type Said, said, unsaid } from './said.ts';

type Dated = {
  readonly parameter: string;
  /** Every resource of the type bears the element (or none of its own, and so `meta.lastUpdated` counts). */
  readonly always?: true;
  /** The element may be a Timing, which we take for unknown and which a search may find. */
  readonly timing?: true;
};

const on = (parameter: string): Dated => ({ parameter });
const updated: Dated = { parameter: '_lastUpdated', always: true };

/** No element of M-13: when it was last changed is all there is. */
const undatedTypes = [
  ...['Patient', 'Practitioner', 'Organization', 'Location', 'HealthcareService', 'Device', 'Group'],
  ...['Medication', 'Substance'],
];

/** Of several elements the one that M-13 reads first; a type whose first has no parameter is not here. */
const inEither: Readonly<Record<string, Dated>> = {
  Observation: { parameter: 'date', timing: true },
  Condition: on('onset-date'),
  Encounter: on('date'),
  EpisodeOfCare: on('date'),
  DiagnosticReport: on('date'),
  MedicationRequest: on('authoredon'),
  ServiceRequest: on('authored'),
  Immunization: on('date'),
  CarePlan: on('date'),
  CareTeam: on('date'),
  FamilyMemberHistory: on('date'),
  List: on('date'),
  Flag: on('date'),
  Composition: { parameter: 'date', always: true },
  ...Object.fromEntries(undatedTypes.map((type) => [type, updated])),
};

const inOne: Readonly<Record<Shape, Readonly<Record<string, Dated>>>> = {
  R4: {
    DocumentReference: on('date'),
    Procedure: on('date'),
    MedicationStatement: on('effective'),
    MedicationAdministration: { parameter: 'effective-time', always: true },
  },
  R5: {
    DocumentReference: on('period'),
    Procedure: { parameter: 'date', timing: true },
    MedicationStatement: { parameter: 'effective', timing: true },
    MedicationAdministration: { parameter: 'date', timing: true },
  },
};

export type Subject = {
  readonly type: string;
  readonly shape: Shape;
  /** Its resources all bear that element, as a dateTime, instant or Period. */
  readonly isAlwaysDated: boolean;
};

export function sayDate(within: Period, isPositive: boolean, subject: Subject): Said {
  const { type, shape, isAlwaysDated } = subject;
  const dated = (Object.hasOwn(inOne[shape], type) ? inOne[shape] : inEither)[type];
  if (!dated) return unsaid(`no parameter of \`${type}\` searches the time that counts`);
  if (dated.timing && !isAlwaysDated)
    return unsaid(`\`${type}\` may have a timing, which a search may find and we cannot read`);
  const criteria = isPositive ? overlapping(dated.parameter, within) : apart(dated.parameter, within);
  if (!criteria) return nothing;
  if (dated.always || isAlwaysDated) return said(...criteria);
  return partly(
    `a search by \`${dated.parameter}\` finds no \`${type}\` that bears its time elsewhere`,
    ...criteria,
  );
}

/** Strictly beyond the neighbouring millisecond: at the bound itself `ge` and `le` differ with the length of what is found. */
function overlapping(parameter: string, { start, end }: Period): readonly Criterion[] {
  const criteria = [
    ...(start === undefined ? [] : [`gt${formatInstant(asInstant(start - 1))}`]),
    ...(end === undefined ? [] : [`lt${formatInstant(asInstant(end + 1))}`]),
  ].map((value) => ({ name: parameter, anyOf: [value] }));
  // `:missing` would count a Period without bounds as there.
  return criteria.length > 0 ? criteria : [{ name: parameter, anyOf: ['gt0001-01-01'] }];
}

/** `lt` and `gt` would let an overlapping Period through (§6.4). */
function apart(parameter: string, { start, end }: Period): readonly Criterion[] | undefined {
  const anyOf = [
    ...(start === undefined ? [] : [`eb${formatInstant(start)}`]),
    ...(end === undefined ? [] : [`sa${formatInstant(end)}`]),
  ];
  return anyOf.length > 0 ? [{ name: parameter, anyOf }] : undefined;
}
