// Steps 5 and 6: the hospital's own, narrower token, and what it opens; first with the approval the app brought, then
// with one the hospital fetched itself.

import { isObject, type JsonObject } from '../../../../src/base/json.ts';
import type { ClinicApp } from '../parties/clinic-app.ts';
import type { Party } from '../party-line.ts';
import { ordinary, restricted, sensitive } from '../people.ts';
import type { Scene } from '../scene.ts';
import { knock } from './clinician-is-referred.ts';
import type { Step } from './step.ts';

export const recordIsRead: Step = {
  title: 'The hospital issues its own token, and the record server withholds what is restricted',
  narration:
    'Back at the hospital: it introspects the approval at Headwater, checks that it is for this clinician, this app, ' +
    'this record and this purpose, takes what both sides grant, and issues a token of its own. The record server ' +
    'shows the ordinary observation; the restricted one looks as if it did not exist.',
  async run(scene) {
    await showApproval(scene);
    const returnTicket = scene.recall('returnTicket');
    const presented = { ...returnTicket, rpt: scene.recall('rpt') };
    const { status, body } = await scene.clinicApp.ask('present', presented);
    scene.check.equal(status, 200, `presenting the approval (${JSON.stringify(body)})`);
    scene.show('hospital token', body);
    scene.check.that(Number(body['expires_in']) <= 300, 'it lives no longer than the approval');
    scene.check.equal(body['refresh_token'], undefined, 'a refresh token (D13)');
    const token = String(body['access_token']);
    scene.check.equal(token.split('.').length, 1, 'parts the app could read');
    scene.note('clinicToken', token);
    scene.note('shown', await readRecord(scene, scene.clinicApp, token));
    scene.check.equal(scene.recall('shown'), [ordinary['id']], 'the observations shown');
    await checkAbsence(scene, token);
    const again = await scene.clinicApp.ask('present', presented);
    scene.check.equal([again.status, again.body['error']], [400, 'invalid_grant'], 'presenting it once more');
  },
};

export const backChannelAgrees: Step = {
  title: 'The same without troubling the app',
  narration:
    "The ward's older app cannot follow a referral. For it the hospital asks Headwater itself, server to server, " +
    'naming the same clinician and purpose. The answer is the same.',
  async run(scene) {
    const ticket = await knock(scene, scene.wardApp);
    const { status, body } = await scene.wardApp.ask('askHospital', ticket);
    scene.check.equal(status, 200, `the answer at once (${JSON.stringify(body)})`);
    scene.show('hospital token', body);
    const token = String(body['access_token']);
    scene.note('wardToken', token);
    const shown = await readRecord(scene, scene.wardApp, token);
    scene.check.equal(shown, scene.recall('shown'), 'the observations shown, as with the referral');
  },
};

/** The same question that the hospital asks by itself, asked once more for everybody to see. */
async function showApproval({ check, headwater, hospital, recall, show }: Scene): Promise<void> {
  const told = await hospital.ask('lookUp', recall('rpt'));
  const { iss, rqp, permissions, extensions } = told;
  show('introspection', { active: told['active'], rqp, permissions, extensions });
  check.equal([told['active'], iss], [true, headwater.issuer], 'the approval, introspected by the hospital');
  check.equal('scope' in told, false, 'a scope beside the permissions (UMA Federated Authorization §5.1.1)');
  const granted = [recall('handle'), ['patient/Observation.rs']];
  const [permission] = Array.isArray(permissions) ? permissions : [];
  check.equal([permission?.resource_id, permission?.resource_scopes], granted, 'what it permits');
  const isRestricted = JSON.stringify(extensions).includes(JSON.stringify(restricted));
  check.that(isRestricted, 'what it leaves to the record server names the label R');
}

async function readRecord(scene: Scene, app: Party<ClinicApp>, token: string): Promise<readonly string[]> {
  const { status, body } = await app.ask('read', { path: '/fhir/Observation', token });
  scene.check.equal(status, 200, 'reading with the token');
  const entries = Array.isArray(body['entry']) ? body['entry'] : [];
  const resources = entries.map((entry) => entry.resource).filter((resource) => isObject(resource));
  scene.show('record server', resources.map(describe));
  return resources.map(({ id }) => String(id));
}

async function checkAbsence({ check, clinicApp, show }: Scene, token: string): Promise<void> {
  const withheld = await clinicApp.ask('read', {
    path: `/fhir/Observation/${String(sensitive['id'])}`,
    token,
  });
  const unknown = await clinicApp.ask('read', { path: '/fhir/Observation/no-such-thing', token });
  show('the restricted one by its id', withheld.status);
  check.equal(
    [withheld.status, withheld.body],
    [404, unknown.body],
    'what is withheld looks like what never was',
  );
}

const describe = ({ id, code, meta }: JsonObject): JsonObject => {
  const text = isObject(code) ? code['text'] : undefined;
  const label = isObject(meta) ? meta['security'] : undefined;
  return { id: id ?? '', text: text ?? '', label: label ?? [] };
};
