/** Lines or one document: told by what is in the file, however it arrives. */
import { describe, expect, it, vi } from 'vitest';
import { piecesIn } from '../../../src/runtime/transfer/pieces.ts';

async function pieces(content: string | Uint8Array, file = 'a.json', { longest = 1000, chunk = 7 } = {}) {
  const bytes = Buffer.from(content);
  const chunks = async function* () {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  };
  const found: string[] = [];
  for await (const piece of piecesIn(file, chunks(), longest))
    found.push(`${piece.line}: ${'problem' in piece ? `!${piece.problem}` : piece.text}`);
  return found;
}

const [a, b] = ['{"resourceType":"Patient","id":"a"}', '{"resourceType":"Patient","id":"ü€😀"}'];

describe('NDJSON', () => {
  it.each([1, 2, 7, 4096])('is read line by line, in chunks of %i bytes', async (chunk) => {
    expect(await pieces(`${a}\n${b}\n`, 'a.json', { chunk })).toEqual([`1: ${a}`, `2: ${b}`]);
  });

  it('may begin with a byte order mark, end lines with CRLF, hold blank lines and lack the last line feed', async () => {
    expect(await pieces(`\ufeff\r\n${a}\r\n  \r\n\t${b} `)).toEqual([`2: ${a}`, `4: ${b}`]);
  });

  it('is known although the first line is broken', async () => {
    expect(await pieces(`oops\n${a}\n${b}`)).toEqual(['1: oops', `2: ${a}`, `3: ${b}`]);
  });

  it.each([1001, 100_000])('may begin with %i blank lines, and hold as many', async (count) => {
    const blank = ' \r\n'.repeat(count);
    const found = await pieces(`${blank}${a}\n${blank}${b}`, 'a.json', { longest: 1e7, chunk: 64 });
    expect(found).toEqual([`${count + 1}: ${a}`, `${2 * count + 2}: ${b}`]);
  });

  it('is told from a document by looking at each byte once', async () => {
    const [concatenated, decoded] = [vi.spyOn(Buffer, 'concat'), vi.spyOn(TextDecoder.prototype, 'decode')];
    await pieces(`{${'\n'.repeat(10_000)}}`, 'a.json', { longest: 1e7, chunk: 64 });
    expect([concatenated.mock.calls.length, decoded.mock.calls.length]).toEqual([2, 2]);
    vi.restoreAllMocks();
  });

  it('is believed by its name where the content does not tell', async () => {
    expect(await pieces('oops\noops', 'a.ndjson')).toEqual(['1: oops', '2: oops']);
    expect(await pieces('oops\noops', 'a.json')).toEqual(['1: oops\noops']);
  });

  it('loses a line that is too long, or no UTF-8, and no other', async () => {
    const long = `{"x":"${'x'.repeat(1000)}"}`;
    const bytes = Buffer.concat([Buffer.from(`${a}\n${long}\n`), Buffer.from([0xff, 10]), Buffer.from(b)]);
    expect(await pieces(bytes)).toEqual([
      `1: ${a}`,
      '2: !longer than 1000 bytes',
      '3: !not UTF-8',
      `4: ${b}`,
    ]);
  });
});

describe('a document', () => {
  it.each([undefined, 2, '\t'])('is one piece, laid out by %j', async (space) => {
    const text = JSON.stringify(
      { resourceType: 'Bundle', entry: [{ resource: { id: 'a' } }] },
      undefined,
      space,
    );
    expect(await pieces(text)).toEqual([`1: ${text}`]);
    expect(await pieces(`${text}\n`)).toEqual([`1: ${text}`]);
  });

  it('is one piece although one of its lines is a resource', async () => {
    const list = `[\n${a}\n]`;
    expect(await pieces(list)).toEqual([`1: ${list}`]);
  });

  it('begins where it begins', async () => {
    expect(await pieces('\n\n{\n"a": 1}')).toEqual(['3: {\n"a": 1}']);
  });

  it('is told when it is too long', async () => {
    const text = `{\n"x": "${'x'.repeat(1000)}"\n}`;
    expect(await pieces(text)).toEqual(['1: !a document longer than 1000 bytes; write it as NDJSON']);
  });
});

it.each(['', '\n', '\ufeff', ' \r\n\t\n'])('nothing is in %j', async (text) => {
  expect([await pieces(text), await pieces(text, 'a.ndjson')]).toEqual([[], []]);
});
