/** The invariants of Consent (fhir-consent.md §§1–3). */
import { codeSystems } from '../fhir/coding.ts';
import { domainResourceInvariants, narrativeShouldExist } from '../fhir/validation/invariant-tables.ts';
import type { Invariant } from '../fhir/validation/invariants.ts';
import { type FhirVersion, isR5 } from '../fhir/version.ts';

const ofConsent = { severity: 'error', context: 'Consent' } as const;

const ppc1: Invariant = {
  ...ofConsent,
  key: 'ppc-1',
  human: 'Either a Policy or PolicyRule',
  expression: 'policy.exists() or policyRule.exists()',
};

/**
 * As published they look for a system called `something` and never fire. With the real one they say what they mean, of
 * bodies that were right by the letter: hence warnings, and errors for whoever wants them (fhir-consent.md §1).
 */
const wantsPatient = (key: string, scope: string, code: string): Invariant => ({
  ...ofConsent,
  key,
  severity: 'warning',
  human: `IF Scope=${scope}, there must be a patient`,
  expression: `patient.exists() or scope.coding.where(system='${codeSystems.consentScope}' and code='${code}').exists().not()`,
  unless: 'patient',
  wants: 'patient',
});

const patientPerScope: readonly Invariant[] = [
  wantsPatient('ppc-2', 'privacy', 'patient-privacy'),
  wantsPatient('ppc-3', 'research', 'research'),
  wantsPatient('ppc-4', 'adr', 'adr'),
  wantsPatient('ppc-5', 'treatment', 'treatment'),
];

/** An error in R6, whose expression it is; in our words. */
const consent1: Invariant = {
  ...ofConsent,
  key: 'consent-1',
  severity: 'warning',
  human: 'provisions without a decision cannot be evaluated; this consent permits nothing',
  expression: 'provision.exists() implies decision.exists()',
  when: 'provision',
  unless: 'decision',
  wants: 'decision',
};

const inEvery = [...domainResourceInvariants, narrativeShouldExist];
const asErrors = patientPerScope.map((each) => ({ ...each, severity: 'error' }) as const);
const r4 = [...inEvery, ppc1, ...patientPerScope];
const strictR4 = [...inEvery, ppc1, ...asErrors];
const r5 = [...inEvery, consent1];

export const consentInvariants = (version: FhirVersion, strict: boolean): readonly Invariant[] =>
  isR5(version) ? r5 : strict ? strictR4 : r4;

/** Those that no deployment takes lightly. */
export const consentErrors = (version: FhirVersion): readonly Invariant[] =>
  isR5(version) ? domainResourceInvariants : r4Errors;

const r4Errors = [...domainResourceInvariants, ppc1];
