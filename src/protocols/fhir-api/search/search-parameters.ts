/** How values of search parameters are written: alternatives, tokens, escapes (FHIR R4 §3.1.1.4). */

/** Splits at commas that are not escaped; still escaped (FHIR R4 §3.1.1.4.0). */
export const alternatives = (value: string): readonly string[] =>
  (value.match(/(?:\\.|[^\\,]|\\$)+/gsu) ?? []).filter((one) => one !== '');

/** Splits at bars that are not escaped; still escaped, with what is empty between them. */
export function partsOf(text: string): readonly string[] {
  const parts = [''];
  for (const piece of text.match(/(?:\\.|[^\\|]|\\$)+|\|/gsu) ?? [])
    if (piece === '|') parts.push('');
    else parts[parts.length - 1] = piece;
  return parts;
}

export type Token = { readonly system?: string; readonly value: string };

/** `value`, `system|value`, `|value` with an empty system. */
export function readToken(text: string): Token {
  const [first = '', ...rest] = partsOf(text);
  return rest.length === 0
    ? { value: unescaped(first) }
    : { system: unescaped(first), value: rest.map(unescaped).join('|') };
}

export const unescaped = (text: string): string => text.replaceAll(/\\([\\,|$])/g, '$1');
