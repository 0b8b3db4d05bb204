/** What directory resources are searched by; the definitions are those of FHIR R4 and R5. */
import { commonSearchParameters } from './common-search-parameters.ts';
import { inBoth, path, type SearchParameter } from './search-parameter.ts';

const definedBy = (type: string, name: string) => ({ definition: inBoth(`${type}-${name}`) });

const identifier = (type: string): SearchParameter => ({
  name: 'identifier',
  type: 'token',
  of: 'Identifier',
  paths: inBoth([path('identifier')]),
  ...definedBy(type, 'identifier'),
});

const active = (type: string): SearchParameter => ({
  name: 'active',
  type: 'token',
  of: 'boolean',
  paths: inBoth([path('active')]),
  ...definedBy(type, 'active'),
});

const status = (type: string, system: string): SearchParameter => ({
  name: 'status',
  type: 'token',
  system,
  paths: inBoth([path('status')]),
  ...definedBy(type, 'status'),
});

const reference = (
  type: string,
  name: string,
  members: readonly string[],
  targets: readonly string[],
): SearchParameter => ({
  name,
  type: 'reference',
  targets,
  chains: ['identifier'],
  paths: inBoth([path(...members)]),
  ...definedBy(type, name),
});

/** Defined once for all clinical resources. */
const clinicalIdentifier: SearchParameter = {
  ...identifier('CareTeam'),
  definition: inBoth('clinical-identifier'),
};

const people = ['Patient', 'Practitioner', 'PractitionerRole', 'RelatedPerson'];
const bodies = ['CareTeam', 'Device', 'Group', 'HealthcareService', 'Location', 'Organization'];

const withCommon = (...own: readonly SearchParameter[]): readonly SearchParameter[] => [
  ...commonSearchParameters,
  ...own,
];

export const directorySearchParameters = {
  Patient: withCommon(
    identifier('Patient'),
    active('Patient'),
    reference('Patient', 'organization', ['managingOrganization'], ['Organization']),
    reference('Patient', 'link', ['link', 'other'], ['Patient', 'RelatedPerson']),
  ),
  Practitioner: withCommon(identifier('Practitioner'), active('Practitioner')),
  PractitionerRole: withCommon(
    identifier('PractitionerRole'),
    active('PractitionerRole'),
    reference('PractitionerRole', 'practitioner', ['practitioner'], ['Practitioner']),
    reference('PractitionerRole', 'organization', ['organization'], ['Organization']),
    {
      name: 'role',
      type: 'token',
      paths: inBoth([path('code')]),
      ...definedBy('PractitionerRole', 'role'),
    },
  ),
  Organization: withCommon(
    identifier('Organization'),
    active('Organization'),
    reference('Organization', 'partof', ['partOf'], ['Organization']),
  ),
  Group: withCommon(
    identifier('Group'),
    reference(
      'Group',
      'member',
      ['member', 'entity'],
      [...people, ...bodies, 'Medication', 'Specimen', 'Substance'],
    ),
  ),
  CareTeam: withCommon(
    clinicalIdentifier,
    {
      ...reference('CareTeam', 'patient', ['subject'], ['Patient']),
      definition: inBoth('clinical-patient'),
    },
    reference('CareTeam', 'subject', ['subject'], ['Patient', 'Group']),
    reference('CareTeam', 'participant', ['participant', 'member'], [...people, 'CareTeam', 'Organization']),
    status('CareTeam', 'http://hl7.org/fhir/care-team-status'),
  ),
  RelatedPerson: withCommon(identifier('RelatedPerson'), active('RelatedPerson'), {
    ...reference('RelatedPerson', 'patient', ['patient'], ['Patient']),
    definition: { R4: 'RelatedPerson-patient', R5: 'clinical-patient' },
  }),
  Device: withCommon(
    identifier('Device'),
    {
      ...reference('Device', 'patient', ['patient'], ['Patient']),
      paths: { R4: [path('patient')] },
      definition: { R4: 'Device-patient' },
    },
    status('Device', 'http://hl7.org/fhir/device-status'),
  ),
} satisfies Readonly<Record<string, readonly SearchParameter[]>>;
