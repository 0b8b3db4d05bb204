/**
 * What nobody should be shown, whatever else is waived: narratives and documents that are refused elsewhere
 * (access-denied-and-enforcement.md §10), in a resource whose structure was not checked.
 */
import type { FailurePart } from '../../base/failure.ts';
import type { JsonObject } from '../../base/json.ts';
import { eachObject } from '../../fhir/each-object.ts';
import { narrativeProblems } from '../../fhir/validation/narrative.ts';
import { pointerTo } from '../../fhir/validation/validate.ts';
import { checkDocuments } from '../../protocols/fhir-api/write/check-documents.ts';

export const unsafeContent = async (resource: JsonObject): Promise<readonly FailurePart[]> => [
  ...misplacedNarratives(resource),
  ...narrativeProblems(resource),
  ...(await checkDocuments(resource)),
];

/** Only a text under `text.div` is looked into. */
function misplacedNarratives(resource: JsonObject): readonly FailurePart[] {
  const root = String(resource['resourceType']);
  const problems: FailurePart[] = [];
  eachObject(resource, (object, path) => {
    if (object['div'] === undefined || (path.at(-1) === 'text' && typeof object['div'] === 'string')) return;
    const pointer = pointerTo(root, [...path, 'div']);
    problems.push({ code: 'structure', detail: 'a narrative that cannot be looked into', pointer });
  });
  return problems;
}
