// Step 7: another network wants to hear it in its own words: UDAP's hl7-b2b authorization extension.

import { isObject, type JsonObject } from '../../../../src/base/json.ts';
import type { Seen } from '../parties/exchange-http.ts';
import { clinicianName, sharingPolicy } from '../people.ts';
import type { Scene } from '../scene.ts';
import type { Step } from './step.ts';

const treatPurpose = 'urn:oid:2.16.840.1.113883.5.8#TREAT';

export const exchangeGetsB2b: Step = {
  title: 'A B2B exchange gets the object that networks carry',
  narration:
    'An exchange asks on behalf of the hospital for the `hl7-b2b` object of UDAP, to be put into its own client ' +
    'assertions elsewhere. It names the policy and refers to the consent; the exchange looks the consent up with its ' +
    'own token.',
  async run(scene) {
    const { status, body } = await askForB2b(scene);
    scene.check.equal(status, 200, `asking for the object (${JSON.stringify(body)})`);
    const b2b = isObject(body['hl7-b2b']) ? body['hl7-b2b'] : {};
    scene.show('hl7-b2b', b2b);
    checkObject(scene, b2b);
    const [reference] = b2b['consent_reference'] as readonly string[];
    const found = await scene.exchange.ask('call', { method: 'GET', url: String(reference) });
    scene.show('the consent referred to', {
      status: found.status,
      id: found.body['id'],
      meta: found.body['meta'],
    });
    scene.check.equal(
      [found.status, found.body['resourceType']],
      [200, 'Consent'],
      'what the reference leads to',
    );
    scene.check.equal(found.body['id'], scene.recall('treatment').id, 'which consent it is');
  },
};

export const askForB2b = (scene: Scene): Promise<Seen> =>
  scene.exchange.ask('call', {
    method: 'POST',
    url: '/b2b/authorization-extension',
    body: {
      patient: scene.directory.patient,
      requester: {
        type: 'practitioner',
        reference: scene.directory.practitioner,
        organization: scene.directory.organization,
      },
      purpose_of_use: [treatPurpose],
    },
  });

/** udap-b2b.md §6. */
function checkObject({ check, directory, recall }: Scene, b2b: JsonObject): void {
  check.equal(b2b['version'], '1', 'the version of the object, a string');
  check.equal(b2b['purpose_of_use'], [treatPurpose], 'its purposes');
  check.equal(b2b['consent_policy'], [sharingPolicy], 'the policies of the consent that permits');
  check.equal(b2b['consent_reference'], [recall('treatment').url], 'where the consent can be read');
  check.equal(b2b['organization_id'], directory.organizationId, 'the organization, by a URI');
  check.equal(b2b['subject_name'], clinicianName, 'the requester, in the words of the directory');
}
