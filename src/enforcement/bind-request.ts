/** An expression that asks about the request, told what the request was: whoever holds the data does not know it. */
import { isObject, type Json, type JsonObject } from '../base/json.ts';

const text = /'(?:\\.|[^'\\])*'/;
const asked = /%request(?<path>(?:\.[A-Za-z]+(?![A-Za-z(]))*)/;
const part = new RegExp(`${text.source}|${asked.source}`, 'g');

/** Undefined where it asks for more than words: of those alone FHIRPath has literals. */
export function bindRequest(expression: string, request: JsonObject): string | undefined {
  // A quotation mark within a comment would turn text and path round.
  if (/\/[/*]/.test(expression.replaceAll(new RegExp(text, 'g'), ''))) return undefined;
  let isBound = true;
  const bound = expression.replaceAll(part, (found, path: string | undefined) => {
    if (!found.startsWith('%')) return found;
    const words = at(request, (path ?? '').split('.').slice(1));
    if (words.every((word) => typeof word === 'string')) return literal(words);
    isBound = false;
    return found;
  });
  return isBound && !bound.includes('%request') ? bound : undefined;
}

function at(value: Json | undefined, names: readonly string[]): readonly Json[] {
  const here: readonly Json[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  const [name, ...rest] = names;
  if (name === undefined) return here;
  return here.flatMap((each) => (isObject(each) && Object.hasOwn(each, name) ? at(each[name], rest) : []));
}

const literal = (words: readonly string[]): string =>
  words.length === 1 ? words.map(quoted).join('') : `(${words.map(quoted).join(' | ') || '{}'})`;

/** FHIRPath §4.1, String: whatever could end the text is escaped. */
export const quoted = (word: string): string =>
  `'${word.replaceAll(/[\\']/g, '\\$&').replaceAll(/\p{Cc}/gu, escaped)}'`;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
