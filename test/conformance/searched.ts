/** The consents of one patient that searches of the conformance tests find, and what their answers hold. */
import type { Answer, Api } from '../protocols/fhir-api/api.ts';
import { bases, file, narrative } from './rest.ts';

/** In the order they were filed. */
const consents = [
  { name: 'may', status: 'active', on: '2026-05-02' },
  { name: 'dateless', status: 'active', on: undefined },
  { name: 'march', status: 'inactive', on: '2026-03-02' },
  { name: 'june', status: 'draft', on: '2026-06-02' },
] as const;

export type Searched = Awaited<ReturnType<typeof fileSearched>>;

/** Each a minute after the one before. */
export async function fileSearched(api: Api) {
  const organization = await file(api, { resourceType: 'Organization', name: 'Clinic' });
  const group = await file(api, { resourceType: 'Group', type: 'person', actual: true });
  const patient = await file(api, {
    resourceType: 'Patient',
    managingOrganization: { reference: `Organization/${organization}` },
  });
  const actor = [
    { role: { coding: [{ code: 'IRCP' }] }, reference: { reference: `Organization/${organization}` } },
    { role: { coding: [{ code: 'IRCP' }] }, reference: { reference: `Group/${group}` } },
  ];
  const ids: Record<string, string> = {};
  for (const { name, status, on } of consents) {
    const { consent } = bases[0];
    ids[name] = await file(
      api,
      consent(patient, {
        text: narrative('<p>what was said</p>'),
        status,
        ...(on === undefined ? {} : { dateTime: on }),
        identifier: [{ system: 'urn:test:name', value: name }],
        provision: {
          type: 'deny',
          actor,
          purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HRESCH' }],
          data: [{ meaning: 'instance', reference: { reference: 'Observation/1' } }],
        },
      }),
    );
    api.later(60);
  }
  return {
    organization,
    group,
    patient,
    ids,
    nameOf: (id: unknown) => Object.keys(ids).find((name) => ids[name] === id),
  };
}

type Entry = {
  readonly search: { readonly mode: string };
  readonly resource: { readonly resourceType: string; readonly id: string };
};
const entriesIn = ({ json }: Answer, mode: string) =>
  ((json['entry'] ?? []) as readonly Entry[])
    .filter(({ search }) => search.mode === mode)
    .map(({ resource }) => resource);

export const matches = (answer: Answer) => entriesIn(answer, 'match');
export const alongWith = (answer: Answer) =>
  entriesIn(answer, 'include').map(({ resourceType, id }) => `${resourceType}/${id}`);
export const tagsOf = ({ json: body }: Answer) => (body['meta'] as { tag?: unknown[] }).tag;
