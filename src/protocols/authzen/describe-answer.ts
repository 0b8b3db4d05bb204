/** A decision in the words of AuthZEN (§5.5, authzen.md §8.2). */
import type { Caller } from '../../access/caller.ts';
import { coversAny } from '../../access/scope.ts';
import { earlier, formatInstant, plusSeconds } from '../../base/instant.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import type { DecisionSettings } from '../../decision/settings.ts';
import { type Evaluated, isPermitted } from './evaluate.ts';

type Telling = { readonly caller: Caller; readonly settings: DecisionSettings };

/**
 * INVARIANT: a refusal says the same whoever the patient is, and whether there is one; only who may have decisions
 * explained learns more.
 */
export function describeAnswer(evaluated: Evaluated, telling: Telling): JsonObject {
  const context = isPermitted(evaluated) ? permitContext(evaluated) : refusalContext(evaluated);
  const reasons = coversAny(telling.caller.scopes, 'decision.explain')
    ? explained(evaluated, telling.settings)
    : {};
  return { decision: isPermitted(evaluated), context: { ...context, ...reasons } };
}

/** A withdrawal is to count soon, whoever keeps the answer. */
const keptForSeconds = 300;

function permitContext({ decided: { id, request, decision }, obligations }: Evaluated): JsonObject {
  const kept = plusSeconds(request.at, keptForSeconds);
  const until = decision.holdsUntil === undefined ? kept : earlier(kept, decision.holdsUntil);
  return {
    decision_id: id,
    valid_until: formatInstant(until),
    ...(obligations.length > 0 ? { obligations: obligations.map((each) => ({ ...each })) } : {}),
  };
}

const refusalContext = ({ decided: { id, request } }: Evaluated): JsonObject => ({
  decision_id: id,
  reason_user: { en: 'this is not shared' },
  ...(request.purposes.length === 0 ? { required_claims: [purposeClaim] } : {}),
});

/** As UMA asks for it (`need_info`): what lacks is seen from the request alone. */
const purposeClaim: Json = { name: 'purpose_of_use', friendly_name: 'Purpose of use' };

const explained = ({ decided, lacking }: Evaluated, settings: DecisionSettings): JsonObject => ({
  reason_admin: {
    reason: decided.decision.reason,
    basis: decided.decision.basis.map((each) => ({ ...each })),
    ...(lacking.length > 0 ? { unsupported_obligations: lacking } : {}),
  },
  metadata: {
    combining: settings.combining,
    implicit_policy: settings.implicitPolicy,
    conflict: decided.decision.conflict,
  },
});

/** What is wrong with one item of a batch (E7). */
export const describeFault = (message: string): JsonObject => ({
  decision: false,
  context: { error: { status: 400, message } },
});
