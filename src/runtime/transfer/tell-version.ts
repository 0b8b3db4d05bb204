/** Of which FHIR version a resource is, told by the members that only one of them has. */
import { isObject, type JsonObject } from '../../base/json.ts';
import type { FhirVersion } from '../../fhir/version.ts';

/**
 * Only of a Consent do the versions differ in what is read here. The shape that more members speak for; R4 where they
 * say nothing or as much for either, since that is what most systems hold.
 */
export function tellVersion(resource: JsonObject): FhirVersion {
  if (resource['resourceType'] !== 'Consent') return '4.0';
  return signsOf(resource, r5) > signsOf(resource, r4) ? '5.0' : '4.0';
}

type Signs = { readonly names: readonly string[]; readonly form: (value: unknown) => boolean };

/** FHIR R5 §6.2.4 and R4 §6.2.4; both have `provision`, which repeats in R5, and `sourceAttachment` alike. */
const r5: Signs = {
  names: [
    'subject',
    'date',
    'grantor',
    'grantee',
    'manager',
    'controller',
    'regulatoryBasis',
    'policyBasis',
    'policyText',
    'decision',
  ],
  form: Array.isArray,
};
const r4: Signs = {
  names: ['scope', 'patient', 'dateTime', 'performer', 'organization', 'policy', 'policyRule'],
  form: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

const signsOf = (resource: JsonObject, { names, form }: Signs): number =>
  names.filter((name) => isThere(resource, name)).length +
  ['provision', 'sourceAttachment', 'sourceReference'].filter((name) => form(resource[name])).length;

const isThere = (resource: JsonObject, name: string): boolean =>
  resource[name] !== undefined || isObject(resource[`_${name}`]);
