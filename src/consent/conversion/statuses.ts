/** Status codes that the other version lacks; none ever becomes `active` (fhir-consent.md §5). */
import type { JsonObject } from '../../base/json.ts';
import { element, text } from '../../fhir/read-element.ts';
import { type Carrier, carry, unpacked } from './carrier.ts';
import { ofR4, ofR5 } from './carriers.ts';
import { withExtensions, withMembers } from './rewrite.ts';

type Codes = ReadonlyMap<string, string>;

const onlyInR4: Codes = new Map([
  ['proposed', 'draft'],
  ['rejected', 'inactive'],
]);

const onlyInR5: Codes = new Map([
  ['not-done', 'rejected'],
  ['unknown', 'inactive'],
]);

export const statusToR5 = (body: JsonObject): JsonObject =>
  convert(body, { carrier: ofR5.status, codes: onlyInR5 }, { carrier: ofR4.status, codes: onlyInR4 });

export const statusToR4 = (body: JsonObject): JsonObject =>
  convert(body, { carrier: ofR4.status, codes: onlyInR4 }, { carrier: ofR5.status, codes: onlyInR5 });

type Lacking = { readonly carrier: Carrier; readonly codes: Codes };

/** Back to the code it once was, where it is still the one that stands for it; else to the nearest there is. */
function convert(body: JsonObject, back: Lacking, onward: Lacking): JsonObject {
  const status = text(body, 'status');
  if (status === undefined) return body;
  const around = element(body, '_status') ?? {};
  const { status: original, ...sibling } = unpacked(around, [back.carrier]);
  if (typeof original === 'string' && back.codes.get(original) === status) {
    return withMembers(body, { status: original, _status: sibling });
  }
  const nearest = onward.codes.get(status);
  if (nearest === undefined) return body;
  return withMembers(body, {
    status: nearest,
    _status: withExtensions(around, 'extension', carry(onward.carrier, status)),
  });
}
