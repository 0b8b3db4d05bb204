/** The scope of R4 is one of the categories of R5 (fhir-consent.md §5). */
import type { JsonObject } from '../../base/json.ts';
import { codeSystems } from '../../fhir/coding.ts';
import { codings, element, elements } from '../../fhir/read-element.ts';
import { stripped, urlOf } from './carrier.ts';
import { categoryPlaceholder, scopePlaceholder } from './placeholders.ts';
import { withExtensions, withMembers } from './rewrite.ts';

/** On a category that was the scope, where its codes do not say so. */
const scopeMark: JsonObject = { url: urlOf('4.0', 'scope'), valueBoolean: true };

const saysScope = (concept: JsonObject): boolean =>
  codings(concept, 'coding').some(({ system }) => system === codeSystems.consentScope);

export function categoriesToR5(body: JsonObject): JsonObject {
  const scope = element(body, 'scope');
  if (!scope) return body;
  const marked = saysScope(scope) ? scope : withExtensions(scope, 'extension', [scopeMark]);
  return withMembers(body, { scope: undefined, category: [marked, ...elements(body, 'category')] });
}

export function categoriesToR4(body: JsonObject): JsonObject {
  const all = elements(body, 'category');
  const scope = all.find((each) => stripped(each, 'extension', scopeMark)) ?? all.find(saysScope);
  const others = all.filter((each) => each !== scope);
  return withMembers(body, {
    scope: scope ? (stripped(scope, 'extension', scopeMark) ?? scope) : scopePlaceholder,
    category: others.length > 0 ? others : [categoryPlaceholder],
  });
}
