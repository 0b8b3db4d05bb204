/** Codes, reference targets and bounds that Consent has in every version (fhir-consent.md §§1, 2, 4.7, 4.8). */
export const effects = ['deny', 'permit'] as const;

export const dataMeanings = ['instance', 'related', 'dependents', 'authoredby'] as const;

export const actorTypes = [
  'Device',
  'Group',
  'CareTeam',
  'Organization',
  'Patient',
  'Practitioner',
  'RelatedPerson',
  'PractitionerRole',
] as const;

/** Parties, policies, identifiers and the like: far more than any form asks, and few enough to convert with every read. */
export const mostOfOneKind = 1000;
