/** `class` of R4 holds types and document types in one list, of which R5 makes two that both must hold (§5, M-1). */
import type { JsonObject } from '../../base/json.ts';
import type { Coding } from '../../fhir/coding.ts';
import { elements, readCoding } from '../../fhir/read-element.ts';
import { readContent } from '../read-condition.ts';
import { type Carrier, carry } from './carrier.ts';
import { ofR4, ofR5 } from './carriers.ts';
import { sameJson, withExtensions, withMembers } from './rewrite.ts';

const isDocument = (coding: Coding): boolean => readContent(coding, false).kind === 'document-type';

/** In `class` it would be read as in `resourceType`. */
const isType = (coding: Coding): boolean => sameJson(readContent(coding, false), readContent(coding, true));

/** One without a code is at home in either. */
const every = (list: readonly JsonObject[], is: (coding: Coding) => boolean): boolean =>
  list.length > 0 && list.every((each) => readCoding(each).every(is));

export function contentsToR5(provision: JsonObject): JsonObject {
  const all = elements(provision, 'class');
  const { class: _, ...others } = provision;
  if (provision['resourceType'] === undefined && every(all, isType)) return { ...others, resourceType: all };
  if (provision['documentType'] === undefined && every(all, isDocument))
    return { ...others, documentType: all };
  return carried(others, all, ofR4.class);
}

export function contentsToR4(provision: JsonObject): JsonObject {
  const types = elements(provision, 'resourceType');
  const documents = elements(provision, 'documentType');
  const others = withMembers(provision, { resourceType: undefined, documentType: undefined });
  const isFree = provision['class'] === undefined;
  if (isFree && every(types, isType))
    return carried({ ...others, class: types }, documents, ofR5.documentType);
  const kept = carried(others, types, ofR5.resourceType);
  if (isFree && every(documents, isDocument)) return { ...kept, class: documents };
  return carried(kept, documents, ofR5.documentType);
}

const carried = (provision: JsonObject, codings: readonly JsonObject[], carrier: Carrier): JsonObject =>
  withExtensions(
    provision,
    carrier.holder,
    codings.flatMap((each) => carry(carrier, each)),
  );
