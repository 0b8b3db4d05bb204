/** Source documents: R4 holds one, with a size that is a number (fhir-consent.md §5). */
import type { Json, JsonObject } from '../../base/json.ts';
import { element, elements } from '../../fhir/read-element.ts';
import { carry } from './carrier.ts';
import { ofR5 } from './carriers.ts';
import { withExtensions, withMembers, without } from './rewrite.ts';

export function sourcesToR5(body: JsonObject): JsonObject {
  return withMembers(body, {
    sourceAttachment: elements(body, 'sourceAttachment').map(attachmentToR5),
    sourceReference: elements(body, 'sourceReference'),
  });
}

const attachmentToR5 = (attachment: JsonObject): JsonObject =>
  typeof attachment['size'] === 'number' ? { ...attachment, size: String(attachment['size']) } : attachment;

/** The document itself comes first. Further references are carried; further documents are not: nobody checks those. */
export function sourcesToR4(body: JsonObject): JsonObject {
  const [attachment] = elements(body, 'sourceAttachment');
  const references = elements(body, 'sourceReference');
  const [first, ...others] = attachment ? [undefined, ...references] : references;
  const carried = others.flatMap((each) => carry(ofR5.sourceReference, each));
  return withMembers(withExtensions(body, 'extension', carried), {
    sourceAttachment: attachment && attachmentToR4(attachment),
    sourceReference: first,
  });
}

export function losesSources(body: JsonObject): boolean {
  const attachment = element(body, 'sourceAttachment');
  const all = [...elements(body, 'sourceAttachment'), ...elements(body, 'sourceReference')];
  if (all.length > 1 || !attachment) return all.length > 1;
  return onlyInR5.some((name) => name in attachment) || sizeInR4(attachment['size']) === undefined;
}

const onlyInR5 = ['height', 'width', 'frames', 'duration', 'pages'];

const attachmentToR4 = ({ size, ...attachment }: JsonObject): JsonObject =>
  withMembers(without(attachment, onlyInR5), { size: sizeInR4(size) ?? undefined });

/** Null where there is none; undefined where R4 cannot count so far. */
function sizeInR4(size: Json | undefined): Json | undefined {
  if (size === undefined) return null;
  if (typeof size !== 'string' || !/^\d+$/.test(size)) return size;
  return Number(size) < 2 ** 31 ? Number(size) : undefined;
}
