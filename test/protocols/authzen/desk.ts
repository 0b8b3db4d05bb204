/** What the AuthZEN tests ask with: a service with a patient, a clinic and a consent, and a client that may ask. */
import { idOf, type Service, startService, treatmentConsent } from '../../support/service.ts';

export const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
export const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
export const residual = 'https://consent.example.org/obl/residual';

export type Desk = Awaited<ReturnType<typeof openDesk>>;
type Client = Awaited<ReturnType<Service['clientWith']>>;

/** The consent: treatment by the clinic, except data labelled R or above. */
export async function openDesk(settings = {}) {
  const service = await startService(settings);
  const filer = await service.clientWith(['system/*.cruds'], { may: ['file', 'activate'] });
  const asker = await service.clientWith(['decision']);
  const file = async (resource: { readonly resourceType: string }): Promise<string> =>
    idOf(await filer.post(`/fhir/R5/${resource.resourceType}`, resource));
  const patient = await file({ resourceType: 'Patient' });
  const clinic = await file({ resourceType: 'Organization', name: 'Clinic A' } as never);
  const consent = idOf(await filer.post('/fhir/R5/Consent', treatmentConsent(patient, clinic)));

  const evaluation = (over: object = {}) => ({
    subject: { type: 'organization', id: `Organization/${clinic}` },
    action: { name: 'read' },
    resource: labelled('N'),
    context: { purpose_of_use: ['TREAT'] },
    ...over,
  });
  /** An Observation of which the labels are told. */
  const labelled = (...labels: readonly string[]) => ({
    type: 'Observation',
    id: 'o1',
    properties: { patient: `Patient/${patient}`, security_labels: labels },
  });
  /** All that there is of a type. */
  const general = (type = 'Observation') => ({
    type,
    id: '*',
    properties: { patient: `Patient/${patient}` },
  });
  const evaluate = async (over: object = {}, by: Client = asker) =>
    await by.post('/access/v1/evaluation', evaluation(over));
  const evaluateAll = async (body: object, by: Client = asker) =>
    await by.post('/access/v1/evaluations', body);
  const search = async (kind: 'subject' | 'resource' | 'action', body: object, by: Client = asker) =>
    await by.post(`/access/v1/search/${kind}`, body);

  return {
    service,
    filer,
    asker,
    file,
    patient,
    clinic,
    consent,
    evaluation,
    labelled,
    general,
    evaluate,
    evaluateAll,
    search,
  };
}

/** An Observation to send along. */
export const observation = (id: string, ...labels: readonly string[]) => ({
  resourceType: 'Observation',
  id,
  meta: { security: labels.map((code) => ({ system: confidentiality, code })) },
});

/** What a consent's own obligations look like (O-3). */
export const limitedTo = (...codes: readonly string[]) => ({
  url: 'http://hl7.org/fhir/StructureDefinition/consent-provision-limit',
  extension: codes.map((code) => ({
    url: 'control',
    valueCodeableConcept: { coding: [{ system: actCode, code }] },
  })),
});
