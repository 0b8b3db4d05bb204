/** The pieces of JSON text that a file is made of: its lines (NDJSON), or all of it as one document. */
import { isObject, parseJson } from '../../base/json.ts';
import { decoded, linesIn, tooLong } from './lines.ts';
import type { Piece, Unreadable } from './resources-in.ts';

/** A document is held in memory as a whole, and so is a line; a string of V8 takes in no more than twice this. */
const longestPiece = 256 * 1024 * 1024;

export async function* piecesIn(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
  longest = longestPiece,
): AsyncGenerator<Piece | Unreadable, undefined> {
  const rest = chunks[Symbol.asyncIterator]();
  const head = await headOf(rest, longest);
  const whole = resumed(head, rest);
  if (/\.(?:ndjson|jsonl)$/i.test(file) || isLineByLine(head)) yield* linesIn(whole, longest);
  else yield* documentIn(whole, longest);
}

/** As much as tells the two apart: the first two lines that are not blank, where there are two. */
async function headOf(rest: AsyncIterator<Uint8Array>, longest: number): Promise<readonly Uint8Array[]> {
  const head: Uint8Array[] = [];
  const seen: Seen = { lines: 0, isWithin: false };
  let size = 0;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
    head.push(next.value);
    size += next.value.length;
    lookOver(next.value, seen);
    // The last of the lines may go on.
    if (size > longest || seen.lines === enough) break;
  }
  return head;
}

const enough = 2;

/** How many lines that are not blank have ended, and whether another one began. */
type Seen = { lines: number; isWithin: boolean };

function lookOver(chunk: Uint8Array, seen: Seen): void {
  for (let at = 0; at < chunk.length && seen.lines < enough; at++) {
    if (!seen.isWithin) {
      seen.isWithin = !blank.has(chunk[at] ?? lineFeed);
      continue;
    }
    const end = chunk.indexOf(lineFeed, at);
    if (end < 0) return;
    at = end;
    seen.lines += 1;
    seen.isWithin = false;
  }
}

const lineFeed = 10;

/** White space of JSON (RFC 8259 §2), and the bytes of the byte order mark. */
const blank: ReadonlySet<number> = new Set([9, lineFeed, 13, 32, 0xef, 0xbb, 0xbf]);

/** Each without the blank lines before it. */
function firstLines(head: readonly Uint8Array[]): readonly [string, string] {
  const text = new TextDecoder().decode(Buffer.concat(head)).trimStart();
  const end = text.indexOf('\n');
  if (end < 0) return [text, ''];
  const rest = text.slice(end + 1).trimStart();
  const next = rest.indexOf('\n');
  return [text.slice(0, end), next < 0 ? rest : rest.slice(0, next)];
}

async function* resumed(
  head: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, undefined> {
  yield* head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

/**
 * The first line is all of an object, or the second is a resource behind one that is broken. A document that is written
 * on several lines has neither.
 */
function isLineByLine(head: readonly Uint8Array[]): boolean {
  const [first, second] = firstLines(head);
  if (second === '') return false;
  return isWhole(first) || (isResource(second) && !/[[{,:]\s*$/.test(first));
}

/** To parse a long one twice costs more than it tells. */
const longestParsed = 1024 * 1024;

const isWhole = (line: string): boolean =>
  line.length > longestParsed ? /\}\s*$/.test(line.slice(-100)) : parseJson(line).ok;

function isResource(line: string): boolean {
  const parsed = parseJson(line.slice(0, longestParsed));
  return parsed.ok && isObject(parsed.value) && typeof parsed.value['resourceType'] === 'string';
}

async function* documentIn(
  chunks: AsyncIterable<Uint8Array>,
  longest: number,
): AsyncGenerator<Piece | Unreadable, undefined> {
  const held: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    size += chunk.length;
    if (size > longest) {
      yield { line: 1, problem: `a document ${tooLong(longest)}; write it as NDJSON` };
      return;
    }
  }
  const document = decoded(held, 1);
  if (document) yield document;
}
