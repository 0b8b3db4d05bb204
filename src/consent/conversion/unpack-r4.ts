/** Puts the R5 elements that a body of R4 carries in their place. */
import type { JsonObject } from '../../base/json.ts';
import { element } from '../../fhir/read-element.ts';
import { absence, stripped, unpacked } from './carrier.ts';
import { ofR5 } from './carriers.ts';
import { actorOfR4, withoutPlaceholders } from './placeholders.ts';
import { rewritten } from './rewrite.ts';

const ofResource = [
  ofR5.grantor,
  ofR5.grantee,
  ofR5.manager,
  ofR5.controller,
  ofR5.sourceReference,
  ofR5.regulatoryBasis,
  ofR5.policyText,
];
const ofProvision = [ofR5.resourceType, ofR5.documentType, ofR5.expression];

export const noController = absence('5.0', 'controller');
/** The root is no rule then: it holds the period and the provisions of a consent that decides nothing. */
export const noDecision = absence('5.0', 'decision');

export function unpackR4(resource: JsonObject): { readonly body: JsonObject; readonly isRootless: boolean } {
  const placed = withController(withoutPlaceholders(unpacked(resource, ofResource)));
  const body = rewritten(placed, 'provision', unpackProvision);
  const rootless = saysNothing(element(body, 'provision') ?? {})
    ? stripped(body, 'modifierExtension', noDecision)
    : undefined;
  return { body: rootless ?? body, isRootless: rootless !== undefined };
}

/** Null where it says that nobody enforces, which is not the same as leaving it to the organizations. */
function withController(body: JsonObject): JsonObject {
  const marked = body['controller'] === undefined ? stripped(body, 'extension', noController) : undefined;
  return marked ? { ...marked, controller: null } : body;
}

function unpackProvision(provision: JsonObject): JsonObject {
  const placed = rewritten(unpacked(provision, ofProvision), 'actor', actorOfR4);
  return rewritten(placed, 'provision', unpackProvision);
}

const saysNothing = (rule: JsonObject): boolean =>
  Object.keys(rule).every((name) => name === 'period' || name === 'provision');
