/** Bytes as lines of text, held one at a time. */
import type { Piece, Unreadable } from './resources-in.ts';

/** Line feeds end lines; those that are blank are left out, and one that is longer than allowed is not kept. */
export async function* linesIn(
  chunks: AsyncIterable<Uint8Array>,
  longest: number,
): AsyncGenerator<Piece | Unreadable, undefined> {
  let held: Uint8Array[] = [];
  let [size, line] = [0, 1];
  const take = (part: Uint8Array): void => {
    size += part.length;
    if (size <= longest) held.push(part);
    else held = [];
  };
  const end = (): Piece | Unreadable | undefined => {
    const ended = size > longest ? { line, problem: tooLong(longest) } : decoded(held, line);
    [held, size] = [[], 0];
    line += 1;
    return ended;
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, start)) {
      take(chunk.subarray(start, at));
      start = at + 1;
      const ended = end();
      if (ended) yield ended;
    }
    take(chunk.subarray(start));
  }
  const last = end();
  if (last) yield last;
}

const lineFeed = 10;

export const tooLong = (longest: number): string => `longer than ${longest} bytes`;

/** Undefined when it is blank. What JSON knows as white space is no part of the value (RFC 8259 §2). */
export function decoded(bytes: readonly Uint8Array[], line: number): Piece | Unreadable | undefined {
  try {
    return trimmed(utf8.decode(bytes.length === 1 ? bytes[0] : Buffer.concat(bytes)), line);
  } catch {
    return { line, problem: 'not UTF-8' };
  }
}

/** Without the byte order mark that some programs write first. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

function trimmed(text: string, firstLine: number): Piece | undefined {
  let [start, end, line] = [0, text.length, firstLine];
  for (; isSpace(text[start]); start++) if (text[start] === '\n') line++;
  while (end > start && isSpace(text[end - 1])) end--;
  return start === end ? undefined : { line, text: text.slice(start, end) };
}

const isSpace = (char: string | undefined): boolean =>
  char === ' ' || char === '\n' || char === '\r' || char === '\t';
