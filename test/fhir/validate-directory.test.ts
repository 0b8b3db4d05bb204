/** Directory resources: checked as far as decisions read them, in the shape of R4 and of R5 alike. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { type DirectoryType, directoryTypes } from '../../src/fhir/schemas/directory-schemas.ts';
import { validateDirectoryResource } from '../../src/fhir/validation/validate-directory.ts';

const problems = (resourceType: DirectoryType, members: JsonObject) => {
  const result = validateDirectoryResource(resourceType, { resourceType, ...members });
  return result.ok ? [] : (result.failure.parts ?? []).map(({ code, pointer }) => `${code} ${pointer}`);
};
const to = (reference: string) => ({ reference });
const concept = { coding: [{ system: 'urn:x', code: 'a' }] };

describe('a directory resource', () => {
  it.each([
    [
      'CareTeam',
      {
        status: 'active',
        subject: to('Patient/1'),
        period: { start: '2026' },
        participant: [
          { role: [concept], member: to('Practitioner/1'), period: { end: '2027' } },
          { role: concept, member: to('Organization/1'), coveragePeriod: { start: '2026' } },
        ],
      },
    ],
    [
      'RelatedPerson',
      { active: true, patient: to('Patient/1'), relationship: [concept], period: { start: '2026' } },
    ],
    ['Device', { status: 'active', patient: to('Patient/1'), owner: to('Organization/1') }],
    ['Patient', { managingOrganization: to('Organization/1'), photo: [{ url: 'http://a.example' }] }],
  ] as const)('%s is taken in either shape, with what nobody reads', (type, members) => {
    const read = { identifier: [{ system: 'urn:x', value: '1' }], ...members };
    expect(problems(type, { ...read, somethingElse: { kept: true } })).toEqual([]);
  });

  it.each([
    ['CareTeam', { status: 'busy' }, 'code-invalid CareTeam.status'],
    ['CareTeam', { subject: to('Practitioner/1') }, 'value CareTeam.subject'],
    [
      'CareTeam',
      { participant: [{ period: { start: '2027', end: '2026' } }] },
      'invariant CareTeam.participant[0].period',
    ],
    [
      'CareTeam',
      { participant: [{ coveragePeriod: { start: 'a' } }] },
      'value CareTeam.participant[0].coveragePeriod.start',
    ],
    ['CareTeam', { participant: [{ member: 'Practitioner/1' }] }, 'structure CareTeam.participant[0].member'],
    ['RelatedPerson', {}, 'required RelatedPerson.patient'],
    ['RelatedPerson', { patient: to('Group/1') }, 'value RelatedPerson.patient'],
    ['RelatedPerson', { patient: to('Patient/1'), active: 'yes' }, 'structure RelatedPerson.active'],
    ['Device', { owner: to('Practitioner/1') }, 'value Device.owner'],
    ['Device', { patient: [to('Patient/1')] }, 'structure Device.patient'],
    ['Patient', { managingOrganization: to('Patient/1') }, 'value Patient.managingOrganization'],
  ] as const)('%s is held to what decisions read: %j', (type, members, problem) => {
    expect(problems(type, members)).toEqual([problem]);
  });

  it.each(directoryTypes)('%s is held to the rules of every resource', (type) => {
    const members = {
      patient: to('Patient/1'),
      type: 'person',
      contained: [{ resourceType: 'Organization', id: 'o', meta: { versionId: '1' } }],
      extension: [{ url: 'urn:x', valueReference: to('#elsewhere') }],
    };
    expect(problems(type, members)).toEqual([
      `invariant ${type}.contained[0]`,
      `invariant ${type}.extension[0].valueReference`,
      `invariant ${type}.contained[0]`,
    ]);
  });
});
