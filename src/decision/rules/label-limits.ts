/** What labels on the data itself forbid, whatever consents permit (security-labels.md L-13, L-16, R-12, R-26). */
import { codeSystems } from '../../fhir/coding.ts';
import { compartmentLabels, noPatientLabel } from '../../labeling/limiting-labels.ts';
import type { Question } from '../question.ts';

const labelled = (codes: readonly string[]) =>
  ({ kind: 'label', anyOf: codes.map((code) => ({ system: codeSystems.actCode, code })) }) as const;

/** Who belongs to a compartment is not known here, so nobody does. */
const inCompartment = labelled(compartmentLabels);
const withheldFromPatients = labelled([noPatientLabel]);

/** Where labels let data be used for these purposes, by whoever is in no compartment (L-13, L-16). */
export function openForUse<T>({ program, request: { purposes }, logic, about }: Question<T>): T {
  const use = { kind: 'use', purposes, explicitOnly: program.settings.explicitOnlyPurposes } as const;
  return logic.and(logic.test(use, about), logic.not(logic.test(inCompartment, about)));
}

/** To the patient, family and caregivers nothing is disclosed that is labelled `NOPAT`. */
export function openToFamily<T>({ request: { requester }, logic, about }: Question<T>): T {
  const isFamily = requester.type === 'patient' || requester.type === 'related-person';
  return isFamily ? logic.not(logic.test(withheldFromPatients, about)) : logic.yes;
}
