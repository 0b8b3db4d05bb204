/** Media types with their parameters, as Accept and Content-Type carry them (RFC 9110 §8.3, §12.5.1). */
export type MediaType = {
  /** `type/subtype`, lower case. */
  readonly type: string;
  /** Names in lower case, values as sent. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly quality: number;
};

export const fhirJson = 'application/fhir+json';

/** More than any client has to say. */
const longestAccept = 1024;

/** Most wanted first; what is not wanted at all (`q=0`) is left out, as is all of a header too long to be meant. */
export function parseAccept(header: string): readonly MediaType[] {
  if (header.length > longestAccept) return [];
  return splitOutsideQuotes(header, ',')
    .map(parseMediaType)
    .filter((range) => range.type !== '' && range.quality > 0)
    .toSorted((a, b) => b.quality - a.quality);
}

export function parseMediaType(text: string): MediaType {
  const [type = '', ...rest] = splitOutsideQuotes(text, ';');
  const pairs = rest.map((parameter) => {
    const [name = '', ...value] = parameter.split('=');
    return [name.trim().toLowerCase(), unquoted(value.join('=').trim())] as const;
  });
  const { q = '1', ...parameters } = Object.fromEntries(pairs);
  const quality = Number(q);
  return { type: type.trim().toLowerCase(), parameters, quality: Number.isNaN(quality) ? 1 : quality };
}

/** A `+` of `application/fhir+json` that reached us as a space, unescaped in a query. */
export const mendPlus = (text: string): string =>
  text.replace('fhir json', 'fhir+json').replace('fhir xml', 'fhir+xml');

const unquoted = (text: string): string =>
  /^".*"$/.test(text) ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1') : text;

/** In one pass, since anybody may send this; a quote that does not end holds all that follows. */
function splitOutsideQuotes(text: string, separator: ',' | ';'): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') quoted = !quoted;
    else if (quoted && char === '\\') at++;
    else if (!quoted && char === separator) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)].filter((part) => part !== '');
}
