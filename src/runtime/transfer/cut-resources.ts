/**
 * Cuts the resources out of a Bundle, or out of a list, as they are written there: each keeps its digits, order and
 * place, and a fault in one is no fault of the others.
 */

/** A stretch of the text, from `start` up to `end`. */
type Span = { readonly start: number; readonly end: number };

export type Cut = { readonly line: number; readonly text: string };

/** `shell` is what is left, with `null` in place of each resource; whether it is JSON is for the caller to see. */
export type CutUp = { readonly shell: string; readonly cuts: readonly Cut[] };

export function cutResources(text: string, firstLine: number): CutUp {
  const cuts: Cut[] = [];
  const shell: string[] = [];
  let [at, line] = [0, firstLine];
  for (const { start, end } of resourceSpans(text)) {
    const [before, resource] = [text.slice(at, start), text.slice(start, end)];
    line += newlinesIn(before);
    cuts.push({ line, text: resource });
    shell.push(before, 'null');
    line += newlinesIn(resource);
    at = end;
  }
  return { shell: [...shell, text.slice(at)].join(''), cuts };
}

function newlinesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** What is open around a place; `name` is the member it stands in, where it stands in an object. */
type Around = { readonly isList: boolean; readonly name: string };

function* resourceSpans(text: string): Generator<Span, undefined> {
  const around: Around[] = [];
  let name = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      const end = endOfString(text, at);
      name = around.length <= 3 ? nameIn(text.slice(at, end)) : '';
      at = end - 1;
    } else if (char === '{' && holdsResource(around, name)) {
      const end = endOfObject(text, at);
      if (end === undefined) return;
      yield { start: at, end };
      at = end - 1;
    } else if (char === '{' || char === '[') {
      around.push({ isList: char === '[', name });
    } else if (char === '}' || char === ']') around.pop();
  }
}

/** `Bundle.entry.resource`, or an item of a list. */
const holdsResource = ([root, entries, entry, ...deeper]: readonly Around[], name: string): boolean =>
  root?.isList === true
    ? entries === undefined
    : entries?.isList === true &&
      entries.name === 'entry' &&
      entry?.isList === false &&
      deeper.length === 0 &&
      name === 'resource';

/** However it was escaped. */
function nameIn(quoted: string): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return String(JSON.parse(quoted));
  } catch {
    return '';
  }
}

/** Behind the quotation mark that ends it. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text[end - 1 - escapes] === '\\') escapes++;
    if (escapes % 2 === 0) return end + 1;
  }
  return text.length;
}

/** Undefined where it does not end. */
function endOfObject(text: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (char === '"') at = endOfString(text, at) - 1;
    else if (char === '{' || char === '[') depth++;
    else if ((char === '}' || char === ']') && --depth === 0) return at + 1;
  }
  return undefined;
}
