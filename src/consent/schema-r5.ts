/** Consent of R5 (fhir-consent.md §2). */
import type { ZodType } from 'zod';
import {
  attachment,
  codeableConcept,
  coding,
  expression,
  identifier,
  period,
  pointed,
  reference,
} from '../fhir/schemas/datatypes.ts';
import { domainResource } from '../fhir/schemas/domain-resource.ts';
import { backbone, many, maybe, one, recursive } from '../fhir/schemas/element.ts';
import { boolean, codeOf, date, dateTime, url } from '../fhir/schemas/primitives.ts';
import { actorTypes, dataMeanings, effects, mostOfOneKind } from './schema-codes.ts';

const to = (...targets: readonly string[]): ZodType => pointed(reference(...targets));

const policyBasis = backbone({ reference: maybe(to()), url: maybe(url) });

const verification = backbone({
  verified: one(boolean),
  verificationType: maybe(codeableConcept),
  verifiedBy: maybe(to('Organization', 'Practitioner', 'PractitionerRole')),
  verifiedWith: maybe(to('Patient', 'RelatedPerson')),
  verificationDate: many(dateTime, mostOfOneKind),
});

const actor = backbone({ role: maybe(codeableConcept), reference: maybe(to(...actorTypes)) });

const data = backbone({ meaning: one(codeOf(...dataMeanings)), reference: one(to()) });

const provision: ZodType = backbone({
  period: maybe(period),
  actor: many(actor),
  action: many(codeableConcept),
  securityLabel: many(coding),
  purpose: many(coding),
  documentType: many(coding),
  resourceType: many(coding),
  code: many(codeableConcept),
  dataPeriod: maybe(period),
  data: many(data),
  expression: maybe(expression),
  provision: many(recursive(() => provision)),
});

const party = to(
  'CareTeam',
  'HealthcareService',
  'Organization',
  'Patient',
  'Practitioner',
  'RelatedPerson',
  'PractitionerRole',
);
const keeper = to('HealthcareService', 'Organization', 'Patient', 'Practitioner');

export const consentR5: ZodType = domainResource(
  'Consent',
  {
    identifier: many(identifier, mostOfOneKind),
    status: one(codeOf('draft', 'active', 'inactive', 'not-done', 'entered-in-error', 'unknown')),
    category: many(codeableConcept, mostOfOneKind),
    subject: maybe(to('Patient', 'Practitioner', 'Group')),
    date: maybe(date),
    period: maybe(period),
    grantor: many(party, mostOfOneKind),
    grantee: many(party, mostOfOneKind),
    manager: many(keeper, mostOfOneKind),
    controller: many(keeper, mostOfOneKind),
    sourceAttachment: many(attachment('5.0'), mostOfOneKind),
    sourceReference: many(
      to('Consent', 'DocumentReference', 'Contract', 'QuestionnaireResponse'),
      mostOfOneKind,
    ),
    regulatoryBasis: many(codeableConcept, mostOfOneKind),
    policyBasis: maybe(policyBasis),
    policyText: many(to('DocumentReference'), mostOfOneKind),
    verification: many(verification, mostOfOneKind),
    decision: maybe(codeOf(...effects)),
    provision: many(provision),
  },
  'refused',
);
