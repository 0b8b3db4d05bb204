// Headwater's directory learns who is who before anybody can consent to anything.

import type { JsonObject } from '../../../src/base/json.ts';
import type { HeadwaterClient } from './parties/headwater-client.ts';
import type { Party } from './party-line.ts';
import { clinician, clinicianName, npi } from './people.ts';

export type Directory = {
  /** References as Headwater assigned them, `Organization/…`. */
  readonly organization: string;
  readonly practitioner: string;
  readonly patient: string;
  /** The identifier under which claim tokens name the hospital. */
  readonly organizationId: string;
};

export async function fileDirectory(
  registry: Party<HeadwaterClient>,
  hospitalUrl: string,
): Promise<Directory> {
  const file = async (resource: JsonObject): Promise<string> => {
    const type = String(resource['resourceType']);
    const url = `/fhir/R4/${type}`;
    const { status, headers, body } = await registry.ask('call', {
      method: 'POST',
      url,
      contentType: 'application/fhir+json',
      body: resource,
    });
    const [, id] = /\/([^/]+)\/_history\/1$/.exec(headers['location'] ?? '') ?? [];
    if (status !== 201 || id === undefined) throw new Error(`${type}: ${status} ${JSON.stringify(body)}`);
    return `${type}/${id}`;
  };
  const organization = await file({
    resourceType: 'Organization',
    active: true,
    name: 'Harbour Hospital',
    identifier: [{ system: 'urn:ietf:rfc:3986', value: hospitalUrl }],
  });
  const practitioner = await file({
    resourceType: 'Practitioner',
    active: true,
    name: [{ text: clinicianName }],
    identifier: [{ system: npi, value: clinician.personId?.split('|')[1] ?? '' }],
  });
  await file({
    resourceType: 'PractitionerRole',
    active: true,
    practitioner: { reference: practitioner },
    organization: { reference: organization },
  });
  const patient = await file({
    resourceType: 'Patient',
    active: true,
    identifier: [{ system: `${hospitalUrl}/mrn`, value: '1001' }],
    managingOrganization: { reference: organization },
  });
  return { organization, practitioner, patient, organizationId: hospitalUrl };
}
