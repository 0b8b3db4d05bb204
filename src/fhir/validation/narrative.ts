/**
 * Which narratives we take in: those that a strict XML parser reads and that hold nothing but what the lists of
 * `xhtml.ts` allow. Nothing is cleaned (access-denied-and-enforcement.md N-1): a narrative is stored as it came or refused.
 */
import { SaxesParser, type SaxesTagNS } from 'saxes';
import type { FailurePart } from '../../base/failure.ts';
import type { JsonObject } from '../../base/json.ts';
import { eachObject } from '../each-object.ts';
import { element, elements, text } from '../read-element.ts';
import { pointerTo } from './validate.ts';
import { allowedElements, attributeFault, xhtmlNamespace } from './xhtml.ts';

/** Of the resource itself and of every one inside it. */
export function narrativeProblems(resource: JsonObject): readonly FailurePart[] {
  const root = String(resource['resourceType']);
  const containedIds = new Set(elements(resource, 'contained').flatMap((inner) => text(inner, 'id') ?? []));
  const problems: FailurePart[] = [];
  eachObject(resource, (holder, path) => {
    const div = text(element(holder, 'text'), 'div');
    const fault = div === undefined ? undefined : faultIn(div, containedIds);
    if (fault)
      problems.push({ code: 'business-rule', detail: fault, pointer: `${pointerTo(root, path)}.text.div` });
  });
  return problems;
}

/** N-5. */
const largest = 256 * 1024;
const deepest = 64;

/** A parser that met a fault goes on to the end of what it was handed, and may meet one at every character. */
const readAtOnce = 4096;

const utf8 = new TextEncoder();

function faultIn(div: string, containedIds: ReadonlySet<string>): string | undefined {
  if (div.length > largest || utf8.encode(div).length > largest)
    return `the narrative is longer than ${largest} bytes`;
  const seen: Seen = { fault: undefined, depth: 0, saysSomething: false };
  const parser = parserInto(seen, containedIds);
  for (let at = 0; at < div.length && seen.fault === undefined; at += readAtOnce)
    parser.write(div.slice(at, at + readAtOnce));
  if (seen.fault === undefined) parser.close();
  if (seen.fault !== undefined) return seen.fault;
  return seen.saysSomething ? undefined : 'the narrative must say something (txt-2)';
}

/** XML's five and the one that HTML has made a habit; nobody's prototype. */
const entities: Record<string, string> = Object.assign(Object.create(null), {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
});

type Seen = { fault: string | undefined; depth: number; saysSomething: boolean };

/** A browser reads comments, CDATA and prefixed names unlike XML does, so that what is checked would not be what is shown. */
function parserInto(
  seen: Seen,
  containedIds: ReadonlySet<string>,
): SaxesParser<{ xmlns: true; position: false }> {
  const parser = new SaxesParser({ xmlns: true, position: false });
  const refuse = (what: string) => () => {
    seen.fault ??= `the narrative ${what}`;
  };
  parser.ENTITIES = entities;
  parser.on('error', refuse('is no well-formed XHTML'));
  parser.on('doctype', refuse('holds a document type, which is not taken in'));
  parser.on('xmldecl', refuse('must be a single div'));
  parser.on('processinginstruction', refuse('holds a processing instruction, which is not taken in'));
  parser.on('comment', refuse('holds a comment, which is not taken in'));
  parser.on('cdata', refuse('holds a CDATA section, which is not taken in'));
  parser.on('text', (words) => {
    seen.saysSomething ||= /[^ \t\r\n]/.test(words);
  });
  parser.on('opentag', (tag) => {
    seen.fault ??= tagFault(tag, seen.depth, containedIds);
    seen.depth += 1;
    seen.saysSomething ||= tag.local === 'img' && tag.attributes['src'] !== undefined;
  });
  parser.on('closetag', () => {
    seen.depth -= 1;
  });
  return parser;
}

function tagFault(tag: SaxesTagNS, depth: number, containedIds: ReadonlySet<string>): string | undefined {
  if (depth === 0 && tag.name !== 'div') return 'the narrative must be a single div';
  if (depth >= deepest) return 'the narrative is nested too deeply';
  if (tag.uri !== xhtmlNamespace) return `the namespace of the narrative must be ${xhtmlNamespace}`;
  if (!allowedElements.has(tag.name))
    return `the narrative holds the element \`${tag.name}\`, which is not taken in`;
  for (const { name, value } of Object.values(tag.attributes)) {
    const fault = attributeFault(tag.name, name, value, containedIds);
    if (fault) return fault;
  }
  return undefined;
}
