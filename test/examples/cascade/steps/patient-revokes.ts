// Step 9: the patient changes her mind, and everything that rested on her word ends.

import type { Scene } from '../scene.ts';
import { askForB2b } from './exchange-gets-b2b.ts';
import { treatmentConsent } from './patient-files-consents.ts';
import type { Step } from './step.ts';

export const patientRevokes: Step = {
  title: 'The patient revokes',
  narration:
    'She sets her consent to inactive. Nobody is told to throw anything away: the next time anybody asks about the ' +
    "approval it is inactive, and with it the hospital's own tokens, which nobody had to find.",
  async run(scene) {
    const rpt = scene.recall('rpt');
    const before = await scene.hospital.ask('lookUp', rpt);
    scene.check.equal(before['active'], true, 'the approval before');
    await revoke(scene);
    const after = await scene.hospital.ask('lookUp', rpt);
    scene.show('approval, introspected', { before: before['active'], after });
    scene.check.equal(after, { active: false }, 'the approval after, and not a word more');
    const statuses = await Promise.all([
      statusWith(scene, 'clinicApp', scene.recall('clinicToken')),
      statusWith(scene, 'wardApp', scene.recall('wardToken')),
    ]);
    scene.show("the hospital's tokens at the record server", statuses);
    scene.check.equal(statuses, [401, 401], 'reading with the tokens issued before');
    const b2b = await askForB2b(scene);
    scene.show('hl7-b2b', { status: b2b.status, ...b2b.body });
    scene.check.that(b2b.status >= 400 && b2b.status < 500, 'the B2B object is refused');
    scene.check.that(!JSON.stringify(b2b.body).includes('consent_reference'), 'no consent is named');
  },
};

async function revoke({ check, directory, patientApp, recall, show }: Scene): Promise<void> {
  const { id } = recall('treatment');
  const withdrawn = {
    ...treatmentConsent(directory.patient, directory.organization),
    id,
    status: 'inactive',
  };
  const request = {
    method: 'PUT',
    url: `/fhir/R5/Consent/${id}`,
    contentType: 'application/fhir+json; fhirVersion=5.0',
    body: withdrawn,
  } as const;
  const stale = await patientApp.ask('call', { ...request, ifMatch: 'W/"7"' });
  check.equal(stale.status, 412, 'an update of a version that is not there');
  const { status, headers } = await patientApp.ask('call', { ...request, ifMatch: 'W/"1"' });
  show('Consent', { status: 'inactive', etag: headers['etag'] });
  check.equal([status, headers['etag']], [200, 'W/"2"'], 'the update');
}

async function statusWith(scene: Scene, app: 'clinicApp' | 'wardApp', token: string): Promise<number> {
  const { status } = await scene[app].ask('read', { path: '/fhir/Observation', token });
  return status;
}
