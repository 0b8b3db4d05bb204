/** The doors of decisions as tests use them: who files, who asks, and what the audit log has of it. */
import type { JsonObject } from '../../../src/base/json.ts';
import { idOf, startService } from '../../support/service.ts';

export type Desk = Awaited<ReturnType<typeof openDesk>>;

export async function openDesk(settings: JsonObject = {}) {
  const service = await startService(settings);
  const filer = await service.clientWith(['system/*.cruds'], { may: ['file', 'activate'] });
  const asker = await service.clientWith(['decision']);
  const explainer = await service.clientWith(['decision.explain']);
  const file = async (resource: JsonObject): Promise<string> =>
    idOf(await filer.post(`/fhir/R5/${resource['resourceType']}`, resource));
  return {
    service,
    filer,
    asker,
    explainer,
    file,
    /** Any patient: nobody has filed a consent about this one. */
    aPatient: (given: JsonObject = {}) => file({ resourceType: 'Patient', ...given }),
    anOrganization: (given: JsonObject = {}) =>
      file({ resourceType: 'Organization', name: 'a clinic', ...given }),
    /** R5, given by the patient. */
    aConsent: (patient: string, given: JsonObject) => file(consentOf(patient, given)),
    amend: async (path: string, resource: JsonObject): Promise<void> => {
      const { status, text } = await filer.put(path, resource);
      if (status !== 200) throw new Error(`not amended: ${status} ${text}`);
    },
    recorded: async () => (await service.audit.find({}, { count: 1 })).total ?? 0,
    newest: async () => (await service.audit.find({}, { count: 1 })).entries[0],
    eventsFor: async (query: string): Promise<readonly string[]> => {
      const { body } = await filer.get(`/fhir/R4/AuditEvent?${query}`);
      return (body.entry ?? []).map(({ resource }: { resource: { id: string } }) => resource.id);
    },
  };
}

export const consentOf = (patient: string, given: JsonObject): JsonObject => ({
  resourceType: 'Consent',
  status: 'active',
  subject: { reference: `Patient/${patient}` },
  grantor: [{ reference: `Patient/${patient}` }],
  ...given,
});

const system = (name: string) => `http://terminology.hl7.org/CodeSystem/${name}`;
export const purpose = (code: string): JsonObject => ({
  purpose: [{ system: system('v3-ActReason'), code }],
});
export const by = (reference: string): JsonObject => ({
  actor: [{ role: { coding: [{ code: 'IRCP' }] }, reference: { reference } }],
});
export const labelled = (code: string): JsonObject => ({
  securityLabel: [{ system: system(code.length === 1 ? 'v3-Confidentiality' : 'v3-ActCode'), code }],
});
export const category = (code: string): JsonObject => ({
  category: [{ coding: [{ system: system('consentcategorycodes'), code }] }],
});
export const observation = (id: string, code: string): JsonObject => ({
  resourceType: 'Observation',
  id,
  meta: { security: labelled(code)['securityLabel'] ?? [] },
});

/** By a clinician for treatment. */
export const question = (patient: string, over: JsonObject = {}): JsonObject => ({
  patient: `Patient/${patient}`,
  requester: { type: 'practitioner', reference: 'Practitioner/t' },
  purposes: ['TREAT'],
  ...over,
});

/** The clinician of `question` may see one type of data for treatment, and of that nothing with the label. */
export const treatmentWith = (type: string, without: string): JsonObject => ({
  decision: 'deny',
  provision: [
    {
      ...by('Practitioner/t'),
      ...purpose('TREAT'),
      resourceType: [{ system: 'http://hl7.org/fhir/fhir-types', code: type }],
      provision: [labelled(without)],
    },
  ],
});
