/** Consent of R4 and R4B, which share one shape (fhir-consent.md §1). */
import type { ZodType } from 'zod';
import {
  attachment,
  codeableConcept,
  coding,
  identifier,
  period,
  reference,
} from '../fhir/schemas/datatypes.ts';
import { domainResource } from '../fhir/schemas/domain-resource.ts';
import { backbone, many, maybe, one, recursive, some } from '../fhir/schemas/element.ts';
import { boolean, codeOf, dateTime, uri } from '../fhir/schemas/primitives.ts';
import { actorTypes, dataMeanings, effects, mostOfOneKind } from './schema-codes.ts';

const policy = backbone({ authority: maybe(uri), uri: maybe(uri) });

const verification = backbone({
  verified: one(boolean),
  verifiedWith: maybe(reference('Patient', 'RelatedPerson')),
  verificationDate: maybe(dateTime),
});

const actor = backbone({ role: one(codeableConcept), reference: one(reference(...actorTypes)) });

const data = backbone({ meaning: one(codeOf(...dataMeanings)), reference: one(reference()) });

const provision: ZodType = backbone({
  type: maybe(codeOf(...effects)),
  period: maybe(period),
  actor: many(actor),
  action: many(codeableConcept),
  securityLabel: many(coding),
  purpose: many(coding),
  class: many(coding),
  code: many(codeableConcept),
  dataPeriod: maybe(period),
  data: many(data),
  provision: many(recursive(() => provision)),
});

const members = {
  identifier: many(identifier, mostOfOneKind),
  status: one(codeOf('draft', 'proposed', 'active', 'rejected', 'inactive', 'entered-in-error')),
  scope: one(codeableConcept),
  category: some(codeableConcept, mostOfOneKind),
  patient: maybe(reference('Patient')),
  dateTime: maybe(dateTime),
  performer: many(
    reference('Organization', 'Patient', 'Practitioner', 'RelatedPerson', 'PractitionerRole'),
    mostOfOneKind,
  ),
  organization: many(reference('Organization'), mostOfOneKind),
  sourceAttachment: maybe(attachment('4.0')),
  sourceReference: maybe(reference('Consent', 'DocumentReference', 'Contract', 'QuestionnaireResponse')),
  policy: many(policy, mostOfOneKind),
  policyRule: maybe(codeableConcept),
  verification: many(verification, mostOfOneKind),
  provision: maybe(provision),
};

const has = (it: unknown, name: string): boolean =>
  (it as Readonly<Record<string, unknown>>)[name] !== undefined;

export const consentR4: ZodType = domainResource('Consent', members, 'refused').refine(
  (it) => !(has(it, 'sourceAttachment') && has(it, 'sourceReference')),
  { error: 'source[x] must not come in two types', params: { fhir: 'structure' } },
);
