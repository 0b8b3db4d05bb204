/** Media types with their parameters, as Accept and Content-Type carry them (RFC 9110 §8.3, §12.5.1). */
export type MediaType = {
  /** `type/subtype`, lower case. */
  readonly type: string;
  /** Names in lower case, values as sent. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly quality: number;
};

export const fhirJson = 'application/fhir+json';

/** Most wanted first; what is not wanted at all (`q=0`) is left out. */
export function parseAccept(header: string): readonly MediaType[] {
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

function splitOutsideQuotes(text: string, separator: ',' | ';'): readonly string[] {
  const parts = separator === ',' ? /(?:"(?:[^"\\]|\\.)*"|[^,"]|")+/g : /(?:"(?:[^"\\]|\\.)*"|[^;"]|")+/g;
  return text.match(parts) ?? [];
}
