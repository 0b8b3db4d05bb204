/** What consents are searched by: every row of fhir-consent.md §7, and three of our own that see every provision. */
import { commonSearchParameters } from '../fhir/search/common-search-parameters.ts';
import {
  inBoth,
  type Path,
  path,
  type SearchParameter,
  type SearchParameterType,
} from '../fhir/search/search-parameter.ts';

type Rest = Omit<SearchParameter, 'name' | 'type' | 'paths' | 'definition'>;
type Row = (name: string, type: SearchParameterType, where: Path, rest?: Rest) => SearchParameter;

const row: Row = (name, type, where, rest) => ({
  name,
  type,
  paths: inBoth([where]),
  definition: inBoth(`Consent-${name}`),
  ...rest,
});
const rowR4: Row = (name, type, where, rest) => ({
  name,
  type,
  paths: { R4: [where] },
  definition: { R4: `Consent-${name}` },
  ...rest,
});
const rowR5: Row = (name, type, where, rest) => ({
  name,
  type,
  paths: { R5: [where] },
  definition: { R5: `Consent-${name}` },
  ...rest,
});

/** References to these can be followed to their identifiers. */
const toOneOf = (...targets: readonly string[]): Rest => ({ targets, chains: ['identifier'] });

const actors = toOneOf(
  ...['CareTeam', 'Device', 'Group', 'Organization', 'Patient'],
  ...['Practitioner', 'PractitionerRole', 'RelatedPerson'],
);
const managers = toOneOf('HealthcareService', 'Organization', 'Patient', 'Practitioner');

/** The published expressions see the first level of provisions only. */
const published: readonly SearchParameter[] = [
  row('action', 'token', path('provision', 'action')),
  row('actor', 'reference', path('provision', 'actor', 'reference'), actors),
  row('category', 'token', path('category')),
  rowR4(
    'consentor',
    'reference',
    path('performer'),
    toOneOf('Organization', 'Patient', 'Practitioner', 'PractitionerRole', 'RelatedPerson'),
  ),
  rowR5('controller', 'reference', path('controller'), managers),
  row('data', 'reference', path('provision', 'data', 'reference')),
  {
    name: 'date',
    type: 'date',
    paths: { R4: [path('dateTime')], R5: [path('date')] },
    definition: inBoth('clinical-date'),
  },
  rowR5(
    'grantee',
    'reference',
    path('grantee'),
    toOneOf(
      ...['CareTeam', 'HealthcareService', 'Organization', 'Patient'],
      ...['Practitioner', 'PractitionerRole', 'RelatedPerson'],
    ),
  ),
  {
    ...row('identifier', 'token', path('identifier'), { of: 'Identifier' }),
    definition: inBoth('clinical-identifier'),
  },
  rowR5('manager', 'reference', path('manager'), managers),
  rowR4('organization', 'reference', path('organization'), toOneOf('Organization')),
  {
    name: 'patient',
    type: 'reference',
    paths: { R4: [path('patient')], R5: [path('subject')] },
    definition: inBoth('clinical-patient'),
    column: 'patient',
    leadsToPatient: true,
    ...toOneOf('Patient'),
  },
  row('period', 'date', path('provision', 'period')),
  row('purpose', 'token', path('provision', 'purpose')),
  rowR4('scope', 'token', path('scope')),
  row('security-label', 'token', path('provision', 'securityLabel')),
  row('source-reference', 'reference', path('sourceReference'), {
    targets: ['Consent', 'Contract', 'DocumentReference', 'QuestionnaireResponse'],
  }),
  row('status', 'token', path('status'), { system: 'http://hl7.org/fhir/consent-state-codes' }),
  rowR5('subject', 'reference', path('subject'), {
    ...toOneOf('Patient', 'Group', 'Practitioner'),
    leadsToPatient: true,
  }),
  rowR5('verified', 'token', path('verification', 'verified'), { of: 'boolean' }),
  rowR5('verified-date', 'date', path('verification', 'verificationDate')),
];

const everyLevel = (...members: readonly string[]): Path => ({ members, everyLevel: true });

/** Without a definition at hl7.org. */
const own: readonly SearchParameter[] = [
  {
    name: 'provision-actor',
    type: 'reference',
    paths: inBoth([everyLevel('provision', 'actor', 'reference')]),
    ...actors,
  },
  { name: 'provision-purpose', type: 'token', paths: inBoth([everyLevel('provision', 'purpose')]) },
  // Where the version says when the consent as a whole is in force (EV-2).
  {
    name: 'effective-period',
    type: 'date',
    paths: { R4: [path('provision', 'period')], R5: [path('period')] },
  },
];

export const consentSearchParameters: readonly SearchParameter[] = [
  ...commonSearchParameters,
  ...published,
  ...own,
];
