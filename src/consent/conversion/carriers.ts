/** Which elements of each version are carried how in the other (fhir-consent.md §5). */
import { carrier } from './carrier.ts';

const many = { repeats: true };
const modifies = { modifies: true };
const manyModify = { repeats: true, modifies: true };

/** R5 in a body of R4; `grantee`, `manager` and `controller` as FAST writes them. */
export const ofR5 = {
  status: carrier('5.0', 'status', 'Code'),
  // Whoever passes over a grantor takes the patient to be it (C-3).
  grantor: carrier('5.0', 'grantor', 'Reference', manyModify),
  grantee: carrier('5.0', 'grantee', 'Reference', many),
  manager: carrier('5.0', 'manager', 'Reference', many),
  controller: carrier('5.0', 'controller', 'Reference', many),
  sourceReference: carrier('5.0', 'sourceReference', 'Reference', many),
  regulatoryBasis: carrier('5.0', 'regulatoryBasis', 'CodeableConcept', many),
  policyText: carrier('5.0', 'policyText', 'Reference', many),
  policyReference: carrier('5.0', 'policyBasis.reference', 'Reference'),
  verificationType: carrier('5.0', 'verification.verificationType', 'CodeableConcept'),
  verifiedBy: carrier('5.0', 'verification.verifiedBy', 'Reference'),
  verificationDate: carrier('5.0', 'verification.verificationDate', 'DateTime', many),
  resourceType: carrier('5.0', 'provision.resourceType', 'Coding', manyModify),
  documentType: carrier('5.0', 'provision.documentType', 'Coding', manyModify),
  expression: carrier('5.0', 'provision.expression', 'Expression', modifies),
} as const;

/** R4 in a body of R5. */
export const ofR4 = {
  status: carrier('4.0', 'status', 'Code'),
  dateTime: carrier('4.0', 'dateTime', 'DateTime'),
  policyAuthority: carrier('4.0', 'policy.authority', 'Uri'),
  policyRule: carrier('4.0', 'policyRule', 'CodeableConcept'),
  class: carrier('4.0', 'provision.class', 'Coding', manyModify),
  type: carrier('4.0', 'provision.type', 'Code', modifies),
  /** Where turning the parent round says the same, nobody is harmed by passing over it. */
  redundantType: carrier('4.0', 'provision.type', 'Code'),
} as const;
