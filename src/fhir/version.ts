/** The FHIR versions we speak, by the major.minor of the `fhirVersion` media type parameter. */
export const fhirVersions = ['4.0', '4.3', '5.0'] as const;
export type FhirVersion = (typeof fhirVersions)[number];

/** Mount segment of each version's base: `/fhir/R4`. */
export const releaseOf = { '4.0': 'R4', '4.3': 'R4B', '5.0': 'R5' } as const satisfies Record<
  FhirVersion,
  string
>;

export const isFhirVersion = (text: string): text is FhirVersion =>
  (fhirVersions as readonly string[]).includes(text);

/** R4 and R4B share the shape of Consent and of the directory resources we read. */
export const isR5 = (version: FhirVersion): boolean => version === '5.0';
