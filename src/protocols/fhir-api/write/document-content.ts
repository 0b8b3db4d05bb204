/** Which documents are kept inside a resource, and whether their bytes are of the type they claim (T-1, T-3, T-8). */
import { SaxesParser } from 'saxes';
import { parseJsonObject } from '../../../base/json.ts';
import { text } from '../../../fhir/read-element.ts';

/** In words, what is wrong with the bytes; undefined when nothing is. */
type Check = (bytes: Uint8Array) => Promise<string | undefined>;

/** T-1: what a browser would run is not among them. */
const checks = {
  'application/pdf': recognisedAs('application/pdf'),
  'image/png': recognisedAs('image/png', 'image/apng'),
  'image/jpeg': recognisedAs('image/jpeg'),
  'text/plain': writtenAs(plainTextFault, 'text/calendar', 'text/vcard', 'text/vtt'),
  'application/hl7-cda+xml': writtenAs(cdaFault, 'application/xml'),
  'application/fhir+json': writtenAs(fhirJsonFault),
} as const satisfies Readonly<Record<string, Check>>;

type DocumentType = keyof typeof checks;

export const documentTypes: readonly string[] = Object.keys(checks);

export const isDocumentType = (type: string): type is DocumentType => Object.hasOwn(checks, type);

export const contentFault = (type: DocumentType, bytes: Uint8Array): Promise<string | undefined> =>
  checks[type](bytes);

/** Loaded with the first document, since it knows hundreds of types and most consents hold none. */
async function recognised(bytes: Uint8Array): Promise<string | undefined> {
  const { fileTypeFromBuffer } = await import('file-type');
  return (await fileTypeFromBuffer(bytes))?.mime;
}

function recognisedAs(...types: readonly string[]): Check {
  return async (bytes) => {
    const found = await recognised(bytes);
    return found !== undefined && types.includes(found)
      ? undefined
      : `the document is not of type ${types[0]}`;
  };
}

/** Text of a format that is told by reading it; it may begin like another text, and not like a file of any other kind. */
function writtenAs(fault: (text: string) => string | undefined, ...alsoLike: readonly string[]): Check {
  return async (bytes) => {
    const found = await recognised(bytes);
    if (found !== undefined && !alsoLike.includes(found)) return `the document is of type ${found}`;
    const written = decodedText(bytes);
    return written === undefined ? 'the document is not text in UTF-8' : fault(written);
  };
}

function decodedText(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** What a reader that guesses would take for a page or a drawing. */
const markup = /^\s*<(?:!doctype|!--|\?|[a-z][a-z0-9:-]*[\s/>])/i;

function plainTextFault(written: string): string | undefined {
  return markup.test(written) ? 'the document is markup and no plain text' : undefined;
}

function cdaFault(written: string): string | undefined {
  const seen: Seen = { fault: undefined, root: undefined, depth: 0 };
  const parser = parserInto(seen);
  for (let at = 0; at < written.length && seen.fault === undefined; at += readAtOnce)
    parser.write(written.slice(at, at + readAtOnce));
  if (seen.fault === undefined) parser.close();
  if (seen.fault !== undefined) return seen.fault;
  return seen.root === 'urn:hl7-org:v3 ClinicalDocument' ? undefined : 'the document is no ClinicalDocument';
}

/** To resolve a namespace the parser looks through every element that is open; a clinical document has far fewer. */
const deepest = 128;

/** A parser that met a fault goes on to the end of what it was handed, and may open an element at every third character. */
const readAtOnce = 512;

type Seen = { fault: string | undefined; root: string | undefined; depth: number };

/** T-8: with a document type entities could be declared; without one there are none to expand. */
function parserInto(seen: Seen): SaxesParser<{ xmlns: true; position: false }> {
  const parser = new SaxesParser({ xmlns: true, position: false });
  parser.on('error', () => {
    seen.fault ??= 'the document is no well-formed XML';
  });
  parser.on('doctype', () => {
    seen.fault ??= 'the document holds a document type';
  });
  parser.on('opentag', ({ uri, local }) => {
    seen.root ??= `${uri} ${local}`;
    seen.depth += 1;
    if (seen.depth > deepest) seen.fault ??= 'the document is nested too deeply';
  });
  parser.on('closetag', () => {
    seen.depth -= 1;
  });
  return parser;
}

function fhirJsonFault(written: string): string | undefined {
  const parsed = parseJsonObject(written);
  if (!parsed.ok) return `the document is ${parsed.failure}`;
  return text(parsed.value, 'resourceType') === undefined ? 'the document is no FHIR resource' : undefined;
}
