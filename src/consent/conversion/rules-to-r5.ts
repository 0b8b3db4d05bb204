/** The root rule of R4 as `decision`, `period` and `provision` of R5, or marked as the root it is where they cannot say it. */
import type { JsonObject } from '../../base/json.ts';
import { element, elements } from '../../fhir/read-element.ts';
import type { Effect } from '../consent.ts';
import { agreed, optedIn } from '../opted-base.ts';
import { opposite, readType } from '../read-type.ts';
import { carry } from './carrier.ts';
import { ofR4 } from './carriers.ts';
import { provisionToR5 } from './provisions.ts';
import { rewritten, withExtensions, withMembers, without } from './rewrite.ts';
import type { Unpacked } from './unpack.ts';
import { rootMarker } from './unpack-r5.ts';

export function rulesToR5({ body, root }: Unpacked): JsonObject {
  if (!root) return decisionless(body);
  const base = readType(root.rule) ?? agreed(optedIn(body));
  return base && isPlain(root.rule) ? plain(body, root.rule, base) : marked(body, root.rule, base);
}

function decisionless(body: JsonObject): JsonObject {
  const { period, provision } = rewritten(element(body, 'provision') ?? {}, 'provision', (each) =>
    provisionToR5(each),
  );
  return withMembers(policyRuleToR5(body), { period, provision });
}

/** Turning the decision round then says what the rule says. */
const isPlain = (rule: JsonObject): boolean =>
  Object.keys(rule).every((name) => ['type', '_type', 'period', 'provision'].includes(name));

function plain(body: JsonObject, rule: JsonObject, base: Effect): JsonObject {
  const { period, provision } = rewritten(rule, 'provision', (each) => provisionToR5(each, opposite(base)));
  const around = element(rule, '_type') ?? {};
  // Opt codes that the base came from stand by the decision; any others by the resource.
  const isOpted = readType(rule) === undefined;
  const opted = isOpted ? carry(ofR4.policyRule, body['policyRule']) : [];
  return withMembers(policyRuleToR5(isOpted ? without(body, ['policyRule']) : body), {
    decision: base,
    _decision: withExtensions(around, 'extension', opted),
    period,
    provision,
  });
}

function marked(body: JsonObject, rule: JsonObject, base: Effect | undefined): JsonObject {
  const { period, ...root } = provisionToR5(rule);
  return withMembers(withExtensions(policyRuleToR5(body), 'modifierExtension', [rootMarker]), {
    decision: base,
    period,
    provision: Object.keys(root).length > 0 ? [root] : [],
  });
}

/** A policy rule is a regulatory basis, unless it opts in or out. */
function policyRuleToR5(body: JsonObject): JsonObject {
  const { policyRule, ...others } = body;
  if (optedIn(body).length > 0)
    return withExtensions(others, 'extension', carry(ofR4.policyRule, policyRule));
  const first = elements(body, 'policyRule');
  return withMembers(others, { regulatoryBasis: [...first, ...elements(body, 'regulatoryBasis')] });
}
