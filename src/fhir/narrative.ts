/**
 * Which narratives we take in: those made of plain formatting alone, told by a small grammar that refuses whatever it
 * does not know. Nothing is cleaned (access-denied-and-enforcement.md N-1): a narrative is stored as it came or refused.
 */
import type { FailurePart } from '../base/failure.ts';
import { isObject, type JsonObject } from '../base/json.ts';

export function narrativeProblems(resource: JsonObject): readonly FailurePart[] {
  const text = resource['text'];
  const div = isObject(text) ? text['div'] : undefined;
  if (typeof div !== 'string') return [];
  const fault = faultIn(div);
  return fault
    ? [{ code: 'business-rule', detail: fault, pointer: `${String(resource['resourceType'])}.text.div` }]
    : [];
}

/** Without links, images and styles, which can carry a script or call a stranger's host when shown. */
const elements: ReadonlySet<string> = new Set(
  (
    'abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i li ol p ' +
    'pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var'
  ).split(' '),
);
const attributes: ReadonlySet<string> = new Set(
  'abbr align charoff class colspan dir headers id lang xml:lang rowspan scope span start summary title valign'.split(
    ' ',
  ),
);

const xhtml = 'http://www.w3.org/1999/xhtml';
const largest = 256 * 1024;
const deepest = 64;

const piece =
  /(?<text>[^<&]+)|(?<entity>&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,7}|#x[0-9a-fA-F]{1,6});)|<\/(?<close>[a-z0-9]{1,10})\s*>|<(?<open>[a-z0-9]{1,10})(?<attributes>(?:\s+[a-z:]{1,20}\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(?<empty>\/?)>/y;
const attribute = /([a-z:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

type Piece = Readonly<Record<string, string | undefined>>;

function faultIn(div: string): string | undefined {
  if (div.length > largest) return `the narrative is longer than ${largest} characters`;
  const pieces = piecesOf(div.trim());
  if (!pieces) return 'the narrative holds something besides plain XHTML formatting';
  if (!pieces.some(({ text, entity }) => text?.trim() || entity))
    return 'the narrative must say something (txt-2)';
  return tagFault(pieces) ?? nestingFault(pieces);
}

function piecesOf(div: string): readonly Piece[] | undefined {
  const pieces: Piece[] = [];
  piece.lastIndex = 0;
  while (piece.lastIndex < div.length) {
    const found = piece.exec(div)?.groups;
    if (!found) return undefined;
    pieces.push(found);
  }
  return pieces;
}

function tagFault(pieces: readonly Piece[]): string | undefined {
  for (const [index, { open, attributes: written = '' }] of pieces.entries()) {
    if (index === 0 && open !== 'div') return 'the narrative must be a single div';
    if (open === undefined) continue;
    if (!elements.has(open)) return `the narrative holds the element \`${open}\`, which is not taken in`;
    const fault = attributeFault(written, index === 0);
    if (fault) return fault;
  }
  return undefined;
}

function attributeFault(written: string, isRoot: boolean): string | undefined {
  const found = Array.from(
    written.matchAll(attribute),
    ([, name = '', ...values]) => [name, values.join('')] as const,
  );
  const byName = new Map(found);
  if (byName.size < found.length) return 'an element of the narrative repeats an attribute';
  if (isRoot && byName.get('xmlns') !== xhtml) return `the namespace of the narrative must be ${xhtml}`;
  if (isRoot) byName.delete('xmlns');
  const refused = [...byName.keys()].find((name) => !attributes.has(name));
  return refused && `the narrative holds the attribute \`${refused}\`, which is not taken in`;
}

/** XML's own demand: everything closed, in order, under one root. */
function nestingFault(pieces: readonly Piece[]): string | undefined {
  const around: string[] = [];
  for (const [index, { open, close, empty }] of pieces.entries()) {
    if (index > 0 && around.length === 0) return 'the narrative must be a single div';
    if (open !== undefined && empty === '') around.push(open);
    if (close !== undefined && around.pop() !== close) return 'the elements of the narrative do not nest';
    if (around.length > deepest) return 'the narrative is nested too deeply';
  }
  return around.length === 0 ? undefined : 'the elements of the narrative do not nest';
}
