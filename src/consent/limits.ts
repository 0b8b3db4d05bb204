/** The one modifier extension we understand: obligations a provision puts on whoever receives the data (O-3). */
import type { JsonObject } from '../base/json.ts';
import { conceptCodings, elements, text } from '../fhir/read-element.ts';

const limitExtension = 'http://hl7.org/fhir/StructureDefinition/consent-provision-limit';

/**
 * The obligations a limit names. Undefined when it is another extension, or limits in a way we cannot pass on: to a
 * tag, to single elements, or in words.
 */
export function limitCodes(extension: JsonObject): readonly string[] | undefined {
  if (text(extension, 'url') !== limitExtension) return undefined;
  const parts = elements(extension, 'extension').map((part) =>
    text(part, 'url') === 'control'
      ? conceptCodings(part, 'valueCodeableConcept').map(({ code }) => code)
      : [],
  );
  return parts.length > 0 && parts.every((codes) => codes.length > 0) ? parts.flat() : undefined;
}
