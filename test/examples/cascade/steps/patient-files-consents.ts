// Step 1: the patient says what she wants, in two versions of FHIR.

import type { JsonObject } from '../../../../src/base/json.ts';
import type { StoredConsent } from '../notebook.ts';
import { research, researchPolicy, restricted, sharingPolicy, treatment } from '../people.ts';
import type { Scene } from '../scene.ts';
import type { Step } from './step.ts';

const privacy = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
};
const recipient = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }],
};
const consentDocument = { coding: [{ system: 'http://loinc.org', code: '59284-0' }] };

/** R5: a base deny, opened for treatment by the hospital, and closed again for data labelled R (fhir-consent.md N-1). */
export const treatmentConsent = (patient: string, organization: string): JsonObject => ({
  resourceType: 'Consent',
  status: 'active',
  category: [privacy],
  subject: { reference: patient },
  date: '2026-10-01',
  grantor: [{ reference: patient }],
  policyBasis: { url: sharingPolicy },
  decision: 'deny',
  provision: [
    {
      actor: [{ role: recipient, reference: { reference: organization } }],
      purpose: [treatment],
      provision: [{ securityLabel: [restricted] }],
    },
  ],
});

/** R4: no research, by anybody. */
const researchConsent = (patient: string): JsonObject => ({
  resourceType: 'Consent',
  status: 'active',
  scope: privacy,
  category: [consentDocument],
  patient: { reference: patient },
  dateTime: '2026-10-01T10:00:00Z',
  performer: [{ reference: patient }],
  policy: [{ uri: researchPolicy }],
  provision: { type: 'deny', purpose: [research] },
});

export const patientFilesConsents: Step = {
  title: 'The patient files two consents',
  narration:
    'Her app is registered for her alone. She allows Harbour Hospital to see her record for treatment, except what is ' +
    'labelled R (restricted); she writes it in FHIR R5. And she refuses research altogether, in FHIR R4.',
  async run(scene) {
    const { patient, organization } = scene.directory;
    scene.note('treatment', await file(scene, 'R5', '5.0', treatmentConsent(patient, organization)));
    scene.note('research', await file(scene, 'R4', '4.0', researchConsent(patient)));
  },
};

async function file(
  scene: Scene,
  release: string,
  fhirVersion: string,
  body: JsonObject,
): Promise<StoredConsent> {
  const contentType = `application/fhir+json; fhirVersion=${fhirVersion}`;
  const url = `/fhir/${release}/Consent`;
  const filed = await scene.patientApp.ask('call', { method: 'POST', url, contentType, body });
  scene.check.equal(filed.status, 201, `filing in ${release} (${JSON.stringify(filed.body)})`);
  const location = filed.headers['location'] ?? '';
  const [, id = ''] = /\/Consent\/([^/]+)\/_history\/1$/.exec(location) ?? [];
  scene.check.that(id !== '', `\`${location}\` is where the first version lies`);
  scene.check.equal(filed.headers['etag'], 'W/"1"', 'the version of a new consent');
  scene.show(`${release} Consent`, { location, etag: filed.headers['etag'], ...gist(body) });
  return { id, url: location.replace('/_history/1', '') };
}

const gist = ({ decision, provision }: JsonObject): JsonObject => ({
  ...(decision === undefined ? {} : { decision }),
  ...(provision === undefined ? {} : { provision }),
});
