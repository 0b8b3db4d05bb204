/** Search parameters and their values (FHIR R4 §3.1.1; fhir-consent.md §7). */
export type SearchParameter = 'patient' | 'status' | 'identifier';

/** As the FHIR specification defines them; what each type is searched by stands in resource-kind.ts. */
export const searchParameterTypes = {
  patient: 'reference',
  status: 'token',
  identifier: 'token',
} as const satisfies Record<SearchParameter, string>;

/** Splits at commas that are not escaped; still escaped (FHIR R4 §3.1.1.4.0). */
export const alternatives = (value: string): readonly string[] =>
  (value.match(/(?:\\.|[^\\,]|\\$)+/gsu) ?? []).filter((one) => one !== '');

export type Token = { readonly system?: string; readonly value: string };

/** `value`, `system|value`, `|value` with an empty system. */
export function readToken(text: string): Token {
  const [first = '', ...rest] = text.match(/(?:\\.|[^\\|]|\\$)+|\|/gsu) ?? [];
  if (first === '|') return { system: '', value: unescaped(rest.join('')) };
  if (rest[0] !== '|') return { value: unescaped(text) };
  return { system: unescaped(first), value: unescaped(rest.slice(1).join('')) };
}

export const unescaped = (text: string): string => text.replaceAll(/\\([\\,|$])/g, '$1');
