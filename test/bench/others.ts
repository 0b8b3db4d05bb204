/** Consents of other patients, made by the database out of one of ours: a million would take the service hours. */
import { timeOrderedKey } from '../../src/base/ids.ts';
import { asInstant } from '../../src/base/instant.ts';
import { convertElements } from '../../src/consent/convert-consent.ts';
import { consentSearchParameters } from '../../src/consent/search-parameters.ts';
import { indexOf } from '../../src/protocols/fhir-api/index-of.ts';
import { random } from '../../src/runtime/random.ts';
import { type BenchService, issuer } from './service.ts';

type Others = {
  readonly consent: (patient: string) => ReturnType<typeof optInConsent>;
  /** SQL: the id of the patient of the `n`th. */
  readonly patientOf: string;
  readonly from: number;
  readonly to: number;
};

export async function fileOfOthers({ client }: BenchService, others: Others): Promise<void> {
  const { consent, patientOf, from, to } = others;
  const patient = 'PATIENT';
  const resource = consent(patient);
  const kind = { parameters: consentSearchParameters, elementsIn: convertElements };
  const { entries } = indexOf(kind, resource, '4.0', { issuer, patient });
  const time = timeOrderedKey(asInstant(Date.now()), random).replaceAll('-', '').slice(0, 13);
  await client.unsafe(
    `insert into resource (key, type, id, version, fhir_version, patient, status, updated_at, filed_by, body, entries, indexed_by)
     select ($1 || lpad(to_hex(n), 19, '0'))::uuid, 'Consent', gen_random_uuid()::text, 1, '4.0', patient, 'active', now(), 'bench',
            replace($2, 'PATIENT', patient)::json, array(select replace(entry, 'PATIENT', patient) from unnest($3::text[]) as entry), 1
       from (select n, ${patientOf} as patient from generate_series($4::int, $5::int) as n) as numbered`,
    [time, JSON.stringify(resource), entries as string[], from, to - 1],
  );
  await client.unsafe('vacuum analyze resource');
}

/** A consent in R4 that opts in, with a rule of its own. */
export const optInConsent = (patient: string, provision: object) => ({
  resourceType: 'Consent',
  status: 'active',
  scope: {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
  },
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  patient: { reference: `Patient/${patient}` },
  dateTime: '2026-10-01T10:00:00Z',
  policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'OPTIN' }] },
  provision: { type: 'permit', ...provision },
});
