/** Generated decision cases: what one patient signed, and a question about it, from people on file. */
import fc from 'fast-check';
import { formatInstant, plusSeconds } from '../../src/base/instant.ts';
import { actions } from '../../src/decision/request.ts';
import { nameOf } from '../cases/run/answer.ts';
import type { DecisionCase } from '../cases/run/case-format.ts';
import { consentsOf, directoryOf, type Filed } from '../cases/run/filed.ts';
import { npiSystem } from '../cases/run/uma-limits.ts';
import { at, consent, rarely, resource } from './arbitrary-consents.ts';

const staff = 'urn:example:staff';
const organizations = 'urn:example:organizations';

/** On file once for all patients. */
const staffAndOrganizations = [
  {
    resourceType: 'Practitioner',
    id: 't',
    identifier: [
      { system: staff, value: 't' },
      { system: npiSystem, value: '1234567893' },
    ],
  },
  { resourceType: 'Practitioner', id: 'b' },
  { resourceType: 'Practitioner', id: 'z' },
  { resourceType: 'Organization', id: 'h', identifier: [{ system: organizations, value: 'h' }] },
  { resourceType: 'Organization', id: 'c', partOf: { reference: 'Organization/h' } },
];

export const commonDirectory: readonly Filed[] = staffAndOrganizations.map((resource) => ({
  fhirVersion: undefined,
  resource: resource as Filed['resource'],
  patient: undefined,
}));
const commonNames: ReadonlySet<string> = new Set(staffAndOrganizations.map(nameOf));

const often = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 3 });
const one = fc.constantFrom;

const organization = often(one('Organization/h', 'Organization/c'));
const clinician: fc.Arbitrary<object> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      reference: one('Practitioner/t', 'Practitioner/b'),
      organization,
      roles: rarely(fc.constant([{ code: 'doctor' }])),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      identifiers: one([{ system: staff, value: 't' }], [{ system: npiSystem, value: '1234567893' }]),
      organization,
    }),
  },
);
const others = one<object>(
  { type: 'organization', reference: 'Organization/h' },
  { type: 'organization', reference: 'Organization/c' },
  { type: 'organization', identifiers: [{ system: organizations, value: 'h' }] },
  { type: 'patient', reference: 'Patient/ann' },
  { type: 'related-person', reference: 'RelatedPerson/mum' },
  { type: 'client', clientId: 'an-app' },
);
const requester = fc.oneof(
  { weight: 5, arbitrary: clinician.map((named) => ({ type: 'practitioner', ...named })) },
  { weight: 2, arbitrary: others },
);

const purposes = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.uniqueArray(one('TREAT', 'ETREAT', 'HPAYMT', 'HRESCH', 'CLINTRCH', 'BTG'), {
      minLength: 1,
      maxLength: 2,
    }),
  },
  { weight: 1, arbitrary: one(['PATRQT'], ['FAMRQT'], []) },
);

const request = fc.record({
  patient: fc.constant('Patient/ann'),
  requester,
  action: fc.oneof({ weight: 3, arbitrary: one('access') }, { weight: 1, arbitrary: one(...actions) }),
  purposes,
  resourceTypes: rarely(
    fc.uniqueArray(one('Observation', 'Condition', 'Encounter'), { minLength: 1, maxLength: 2 }),
  ),
  breakGlass: rarely(one({ acknowledged: true, reason: 'unconscious' })),
});

const candidates = fc
  .array(resource, { minLength: 1, maxLength: 4 })
  .map((all) => all.map((each, index) => ({ ...each, id: String(index) })));

/** A consent may end soon, so that an answer has to end before its usual time. */
const end = rarely(one(plusSeconds(at, 100), plusSeconds(at, 10_000)));
const expression = rarely(one("status = 'final'", 'code.exists()', "%request.purposes contains 'TREAT'"));

const signed = fc
  .record({ consent, end, expression })
  .map(({ consent: { fhirVersion, resource: given }, ...more }): Signed => {
    const period = more.end === undefined ? {} : { period: { end: formatInstant(more.end) } };
    if (fhirVersion === '4.0')
      return {
        fhirVersion,
        resource: { ...given, provision: { ...(given['provision'] as object), ...period } },
      };
    const [first, ...others] = (given['provision'] ?? []) as readonly object[];
    const told = more.expression && { language: 'text/fhirpath', expression: more.expression };
    const provision = first && told ? { provision: [{ ...first, expression: told }, ...others] } : {};
    return { fhirVersion, resource: { ...given, ...period, ...provision } };
  });

type Signed = DecisionCase['consents'][number];
export type Question = Pick<DecisionCase, 'consents' | 'request' | 'candidates'>;

export const question: fc.Arbitrary<Question> = fc
  .record({
    consents: fc.array(signed, { minLength: 1, maxLength: 3 }),
    request,
    candidates: often(candidates),
  })
  // As it is sent: a member that is undefined is none.
  .map((asked) => JSON.parse(JSON.stringify(asked)) as Question);

/**
 * About a patient of its own, so that nobody else's consents or caches have a part in it. The mother is on file where she
 * asks: the service would not look for her otherwise, and the dates of whoever is looked at bound an answer.
 */
export function caseOf({ consents, ...asked }: Question, patient: string): DecisionCase {
  const given: DecisionCase = {
    id: patient,
    title: 'a generated case',
    now: formatInstant(at),
    resources: [
      { resourceType: 'Patient', id: patient, birthDate: '2011-03-01' },
      ...(asked.request.requester.type === 'related-person' ? [{ ...mother, id: patient }] : []),
      ...staffAndOrganizations,
    ],
    consents: consents.map((each, index) => ({
      ...each,
      resource: { ...each.resource, id: `${patient}-${index}` },
    })),
    ...asked,
    expect: { outcome: 'deny' },
  };
  return JSON.parse(
    JSON.stringify(given)
      .replaceAll('"Patient/ann"', `"Patient/${patient}"`)
      .replaceAll('"RelatedPerson/mum"', `"RelatedPerson/${patient}"`),
  ) as DecisionCase;
}

const mother = {
  resourceType: 'RelatedPerson',
  patient: { reference: 'Patient/ann' },
  relationship: [{ coding: [{ code: 'PRN' }] }],
  period: { end: '2026-09-01' },
};

/** What a case has on file, beside what is common to all. */
export const ownOf = (given: DecisionCase): readonly Filed[] =>
  [...directoryOf(given), ...consentsOf(given)].filter(({ resource }) => !commonNames.has(nameOf(resource)));
