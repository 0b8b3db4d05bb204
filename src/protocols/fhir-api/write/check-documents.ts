/**
 * Whether the documents inside a resource are what they say (access-denied-and-enforcement.md §10 T-1 to T-3): wherever
 * an attachment stands, in the resource, in what it contains or in an extension. Nothing a document refers to is fetched.
 */
import type { FailurePart } from '../../../base/failure.ts';
import type { JsonObject } from '../../../base/json.ts';
import { eachObject, nameAt } from '../../../fhir/each-object.ts';
import { text } from '../../../fhir/read-element.ts';
import { mostReported } from '../../../fhir/schemas/element.ts';
import { pointerTo } from '../../../fhir/validation/validate.ts';
import { contentFault, documentTypes, isDocumentType } from './document-content.ts';

export async function checkDocuments(resource: JsonObject): Promise<readonly FailurePart[]> {
  const faults: FailurePart[] = [];
  for (const document of documentsIn(resource)) {
    if (faults.length >= mostReported) break;
    const fault = await faultIn(document.attachment);
    if (fault)
      faults.push({
        code: 'business-rule',
        detail: fault.detail,
        pointer: `${document.pointer}.${fault.at}`,
      });
  }
  return faults;
}

type Document = { readonly attachment: JsonObject; readonly pointer: string };

/** What has data and says its type, or stands where an Attachment does; a Signature has data of another kind. */
function documentsIn(resource: JsonObject): readonly Document[] {
  const root = text(resource, 'resourceType') ?? 'Resource';
  const found: Document[] = [];
  eachObject(resource, (object, path) => {
    const isAttachment = object['contentType'] !== undefined || /attachment$/i.test(nameAt(path));
    if (isAttachment && object['data'] !== undefined)
      found.push({ attachment: object, pointer: pointerTo(root, path) });
  });
  return found;
}

type Fault = { readonly at: 'contentType' | 'data' | 'size' | 'hash'; readonly detail: string };

async function faultIn(attachment: JsonObject): Promise<Fault | undefined> {
  const type = mediaTypeOf(text(attachment, 'contentType') ?? '');
  if (!isDocumentType(type))
    return { at: 'contentType', detail: `inline documents must be one of ${documentTypes.join(', ')}` };
  const data = text(attachment, 'data');
  const bytes = data === undefined ? undefined : decoded(data);
  if (!bytes) return { at: 'data', detail: 'not a valid base64Binary' };
  const { size, hash } = attachment;
  if (size !== undefined && String(size) !== String(bytes.length))
    return { at: 'size', detail: 'must be the number of bytes in the document' };
  if (hash !== undefined && withoutSpace(String(hash)) !== (await sha1(bytes)))
    return { at: 'hash', detail: 'must be the SHA-1 of the document' };
  const detail = await contentFault(type, bytes);
  return detail === undefined ? undefined : { at: 'data', detail };
}

const mediaTypeOf = (contentType: string): string =>
  (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();

const withoutSpace = (base64: string): string => base64.replaceAll(/\s/g, '');

/** Undefined for what is no base64, as an extension or a contained resource may hold. */
function decoded(base64: string): Uint8Array<ArrayBuffer> | undefined {
  const written = withoutSpace(base64);
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(written) || written.length % 4 !== 0) return undefined;
  return Uint8Array.from(atob(written), (char) => char.charCodeAt(0));
}

/** The digest the datatype prescribes; it finds mistakes and proves nothing. */
async function sha1(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-1', bytes));
  return btoa(String.fromCharCode(...digest));
}
