/** `decision`, `period` and `provision` of R5 as the root rule of R4 (fhir-consent.md §5). */
import type { JsonObject } from '../../base/json.ts';
import { element, elements } from '../../fhir/read-element.ts';
import type { Effect } from '../consent.ts';
import { agreed, optedIn } from '../opted-base.ts';
import { carry, unpacked } from './carrier.ts';
import { ofR4, ofR5 } from './carriers.ts';
import { policyPlaceholder, policyRulePlaceholder } from './placeholders.ts';
import { provisionToR4 } from './provisions.ts';
import { rewritten, withExtensions, withMembers } from './rewrite.ts';
import type { Unpacked } from './unpack.ts';
import { noDecision } from './unpack-r4.ts';
import { effectIn } from './unpack-r5.ts';

export function rulesToR4({ body, period, root }: Unpacked): JsonObject {
  const decision = effectIn(body);
  const others = withMembers(body, { decision: undefined, _decision: undefined, period: undefined });
  const based = basisToR4(others);
  if (root) {
    const rule = withMembers(provisionToR4(root.rule), { period });
    return withPolicy(withMembers(based, { provision: rule }), undefined);
  }
  const exceptions = rewritten(
    { period: period ?? {}, provision: body['provision'] ?? [] },
    'provision',
    provisionToR4,
  );
  if (!decision) {
    const undecided = withExtensions(based, 'modifierExtension', [noDecision]);
    return withPolicy(withMembers(undecided, { provision: withMembers({}, exceptions) }), undefined);
  }
  const { around, policyRule } = opted(body, decision);
  const type = policyRule ? {} : { type: decision };
  const rule = withMembers({}, { ...type, _type: around, ...exceptions });
  return withPolicy(withMembers(based, { provision: rule, ...(policyRule ? { policyRule } : {}) }), decision);
}

/** The opt codes that the decision came from, as long as they still say the same. */
function opted(body: JsonObject, decision: Effect): { around: JsonObject; policyRule?: JsonObject } {
  const around = element(body, '_decision') ?? {};
  const placed = unpacked(around, [ofR4.policyRule]);
  const { policyRule: _, ...rest } = placed;
  const policyRule = element(placed, 'policyRule');
  if (!policyRule || body['policyRule'] !== undefined || agreed(optedIn(placed)) !== decision)
    return { around };
  return { around: rest, policyRule };
}

/** One basis becomes the policy rule, unless it would opt in or out there. */
function basisToR4(body: JsonObject): JsonObject {
  const all = elements(body, 'regulatoryBasis');
  const [first] = all;
  const isRule = first && body['policyRule'] === undefined && optedIn({ policyRule: first }).length === 0;
  const carried = (isRule ? all.slice(1) : all).flatMap((each) => carry(ofR5.regulatoryBasis, each));
  const others = withExtensions(withMembers(body, { regulatoryBasis: undefined }), 'extension', carried);
  return isRule ? { ...others, policyRule: first } : others;
}

/** ppc-1 */
function withPolicy(body: JsonObject, decision: Effect | undefined): JsonObject {
  if (body['policy'] !== undefined || body['policyRule'] !== undefined) return body;
  return decision
    ? { ...body, policyRule: policyRulePlaceholder(decision) }
    : { ...body, policy: [policyPlaceholder] };
}
