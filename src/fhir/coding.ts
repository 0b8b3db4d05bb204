/** Codes in a code system; compared by system and code, never by display. */
export type Coding = { readonly system?: string; readonly code: string };

export const sameCoding = (a: Coding, b: Coding): boolean => a.code === b.code && a.system === b.system;

/** `system|code`: equal when the codings are. */
export const codingToken = ({ system = '', code }: Coding): string => `${system}|${code}`;

export const codeSystems = {
  actReason: 'http://terminology.hl7.org/CodeSystem/v3-ActReason',
  actCode: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
  confidentiality: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality',
  consentAction: 'http://terminology.hl7.org/CodeSystem/consentaction',
  consentScope: 'http://terminology.hl7.org/CodeSystem/consentscope',
  consentCategory: 'http://terminology.hl7.org/CodeSystem/consentcategorycodes',
  consentPolicy: 'http://terminology.hl7.org/CodeSystem/consentpolicycodes',
  loinc: 'http://loinc.org',
} as const;
