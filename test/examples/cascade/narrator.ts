// Who tells the story: on the terminal in the demo, to nobody in the test.

import { decodeJwt, decodeProtectedHeader } from 'jose';

export type Narrator = {
  readonly title: (text: string) => void;
  /** Plain words. */
  readonly tell: (text: string) => void;
  /** What decided, as it was seen on the wire. */
  readonly show: (what: string, value: unknown) => void;
  readonly ended: (assertions: number, milliseconds: number) => void;
};

const nothing = (): void => undefined;
export const silence: Narrator = { title: nothing, tell: nothing, show: nothing, ended: nothing };

const width = 100;

/** Colours only where somebody is watching. */
export function terminal(out: NodeJS.WriteStream): Narrator {
  const style = (code: number, text: string): string =>
    out.isTTY ? `\u001b[${code}m${text}\u001b[0m` : text;
  const print = (text: string): void => void out.write(`${text}\n`);
  return {
    title: (text) => print(`\n${style(1, text)}`),
    tell: (text) => print(wrap(text, width).join('\n')),
    show: (what, value) => print(`  ${style(36, what)}  ${indent(shorten(plain(value)))}`),
    ended: (assertions, milliseconds) =>
      print(
        style(
          32,
          `  ✓ ${assertions} ${assertions === 1 ? 'assertion' : 'assertions'} held (${milliseconds} ms)`,
        ),
      ),
  };
}

/** A token's header and payload, for eyes: never for a decision. */
export const decoded = (jwt: string): unknown => ({ ...decodeProtectedHeader(jwt), payload: decodeJwt(jwt) });

const longestWord = 40;
const mostItems = 4;

/** What FHIR wraps, unwrapped: a coding as `system|code` without the address of its system, a reference as its text. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const { system, code, coding, reference } = value as Readonly<Record<string, unknown>>;
  const size = Object.keys(value).length;
  if (size === 2 && typeof system === 'string' && typeof code === 'string')
    return `${system.split('/').at(-1)}|${code}`;
  if (size === 1 && Array.isArray(coding) && coding.length === 1) return plain(coding[0]);
  if (size === 1 && typeof reference === 'string') return reference;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

/** Codes nobody can read are cut and long lists end early; what fits on a line stays on one. */
function shorten(value: unknown, margin = 2): string {
  if (typeof value === 'string') return cut(value);
  const whole = JSON.stringify(value, (_, part) => (typeof part === 'string' ? cut(part) : part), 1);
  const line = (whole ?? 'nothing').replaceAll(/\n\s*/g, ' ');
  if (line.length + margin <= width || typeof value !== 'object' || value === null) return line;
  const inner = (item: unknown): string =>
    typeof item === 'string' ? JSON.stringify(cut(item)) : shorten(item, margin + 2);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const parts = Array.isArray(value)
    ? [
        ...value.slice(0, mostItems).map(inner),
        ...(value.length > mostItems ? [`… ${value.length - mostItems} more`] : []),
      ]
    : Object.entries(value).map(([name, member]) => `${name}: ${inner(member)}`);
  return [open, ...parts.map((part) => `  ${part.replaceAll('\n', '\n  ')}`), close].join('\n');
}

const cut = (text: string): string =>
  text.length > longestWord && /^[\w.-]+$/.test(text) ? `${text.slice(0, 20)}…${text.slice(-6)}` : text;

const indent = (text: string): string => text.replaceAll('\n', '\n  ');

function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line.length + word.length + 1 > columns) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
