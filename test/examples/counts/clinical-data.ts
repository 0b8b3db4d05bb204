/** The record of one patient over some years: a few thousand resources, a third of the stays for mental health. */
import { type Coding, codeSystems } from '../../../src/fhir/coding.ts';
import type { Resource } from '../../../src/fhir/resource.ts';

const sensitive = (code: string): Coding => ({ system: codeSystems.actCode, code });
const normal: Coding = { system: codeSystems.confidentiality, code: 'N' };
const restricted: Coding = { system: codeSystems.confidentiality, code: 'R' };

/** Every label that this server's data bears: what it tells the authority, so that searches can be exact. */
export const labelsOnFile: readonly Coding[] = [
  normal,
  restricted,
  ...['MH', 'PSY', 'PSYTHPN', 'SUD'].map(sensitive),
];

/** Of ten stays in a row the third, sixth and ninth, as psychiatry, psychotherapy or merely mental health. */
const mentalHealth: Readonly<Record<number, string>> = { 2: 'MH', 5: 'PSY', 8: 'PSYTHPN' };

function labelled(at: number): readonly Coding[] {
  const code = mentalHealth[at % 10];
  if (code !== undefined) return [restricted, sensitive(code)];
  // Substance use is restricted too, but this consent does not mind; and some data bears no label at all.
  if (at % 10 === 4) return [restricted, sensitive('SUD')];
  return at % 3 === 0 ? [normal] : [];
}

const dayOf = (at: number): string => new Date(Date.UTC(2020, 0, 1 + at)).toISOString().slice(0, 10);
const subject = { reference: 'Patient/ann' };
const meta = (at: number) => ({ security: labelled(at) });
const about = (system: string, code: string) => ({ coding: [{ system, code }] });

/** 100 as an inpatient, 300 others. */
const encounters = Array.from({ length: 400 }, (_, at) => ({
  resourceType: 'Encounter',
  id: `e${at}`,
  meta: meta(at),
  status: 'finished',
  class: { system: codeSystems.actCode, code: at % 40 < 10 ? 'IMP' : 'AMB' },
  subject,
  period: { start: dayOf(at * 4), end: dayOf(at * 4 + 3) },
}));

const encounter = (at: number) => ({ reference: `Encounter/e${at % 400}` });

/** Labelled by what they say, not by the stay: so that some are visible of stays that are not, and the other way round. */
const others = Array.from({ length: 3200 }, (_, at): object => {
  const common = { id: `r${at}`, meta: meta(Math.floor(at / 7)), subject };
  const author = { reference: at % 5 === 0 ? 'Practitioner/z' : 'Practitioner/y' };
  switch (at % 4) {
    case 0:
      return {
        ...common,
        resourceType: 'Observation',
        code: about('http://loinc.org', at < 800 ? '55758-7' : '8867-4'),
        effectiveDateTime: dayOf(at % 1600),
        encounter: encounter(at),
        performer: [author],
      };
    case 1:
      return {
        ...common,
        resourceType: 'Condition',
        code: about('http://hl7.org/fhir/sid/icd-10-cm', 'J06.9'),
        onsetDateTime: dayOf(at % 1600),
        encounter: encounter(at),
        recorder: author,
      };
    case 2:
      return {
        ...common,
        resourceType: 'MedicationRequest',
        medicationCodeableConcept: about('http://www.nlm.nih.gov/research/umls/rxnorm', '197361'),
        authoredOn: dayOf(at % 1600),
        encounter: encounter(at),
      };
    default:
      return {
        ...common,
        resourceType: 'DocumentReference',
        type: about('http://loinc.org', '34109-9'),
        date: `${dayOf(at % 1600)}T10:00:00Z`,
        author: [author],
        content: [{ attachment: { contentType: 'text/plain' } }],
        context: { encounter: [encounter(at)] },
      };
  }
});

export const record = [...encounters, ...others] as readonly Resource[];
export const types = [
  'Encounter',
  'Observation',
  'Condition',
  'MedicationRequest',
  'DocumentReference',
] as const;

export const ofType = (type: string): readonly Resource[] =>
  record.filter(({ resourceType }) => resourceType === type);
export const nameOf = ({ resourceType, id }: Resource): string => `${resourceType}/${id}`;
export const classOf = (resource: Resource): unknown =>
  (resource['class'] as { readonly code?: string } | undefined)?.code;
