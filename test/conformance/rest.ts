/** The FHIR bases side by side, and the steps that tests of their REST API share. */
import { expect } from 'vitest';
import { type Answer, type Api, type clients, issuer } from '../protocols/fhir-api/api.ts';
import { consentR4, consentR5 } from '../protocols/fhir-api/consents.ts';

type Members = Readonly<Record<string, unknown>>;

const inR4 = { consent: consentR4, amended: { status: 'inactive' }, owner: 'patient', date: 'dateTime' };
const inR5 = { consent: consentR5, amended: { status: 'inactive' }, owner: 'subject', date: 'date' };

/** The last one negotiates, and speaks R4 unless asked otherwise. */
export const bases = [
  { base: '/fhir/R4', version: '4.0', full: '4.0.1', ...inR4 },
  { base: '/fhir/R4B', version: '4.3', full: '4.3.0', ...inR4 },
  { base: '/fhir/R5', version: '5.0', full: '5.0.0', ...inR5 },
  { base: '/fhir', version: '4.0', full: '4.0.1', ...inR4 },
] as const;

export const unknownId = '00000000-0000-4000-8000-000000000000';

let made = 0;
/** Of a system of its own: nothing else in the database has it. */
export const anIdentifier = () => ({ system: 'urn:test:conformance', value: `no-${++made}` });

/** As it stands in a query. */
export const asToken = ({ system, value }: { readonly system: string; readonly value: string }) =>
  `${system}|${value}`;

type As = keyof typeof clients;

/** Files it and tells its id. */
export async function file(
  api: Api,
  body: Members,
  { base = '/fhir/R4', as = 'clinic' }: { readonly base?: string; readonly as?: As } = {},
): Promise<string> {
  const answer = await api.call('POST', `${base}/${String(body['resourceType'])}`, { as, body });
  expect(answer.status, answer.text).toBe(201);
  return String(answer.json['id']);
}

/** What it is now: version and status. */
export async function stateOf(api: Api, path: string): Promise<readonly unknown[]> {
  const { json } = await api.call('GET', path);
  return [(json['meta'] as Members)['versionId'], json['status']];
}

export const statusOf = async (answer: Promise<Answer>): Promise<number> => (await answer).status;

export const locationOf = (base: string, id: string, version: number) =>
  `${issuer}${base}/Consent/${id}/_history/${version}`;

export const subsetted = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
  code: 'SUBSETTED',
};

export const narrative = (inner: string) => ({
  status: 'generated',
  div: `<div xmlns="http://www.w3.org/1999/xhtml">${inner}</div>`,
});
