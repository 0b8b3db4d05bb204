/** A decision in the words of the native API. */
import type { Decided } from '../../access/decide-access.ts';
import { formatInstant } from '../../base/instant.ts';
import type { Json } from '../../base/json.ts';
import type { Decision } from '../../decision/decision.ts';
import { factsOf, type ResourceFacts, usualBudget } from '../../decision/facts.ts';
import type { DecisionSettings } from '../../decision/settings.ts';
import { isVisible } from '../../decision/visible.ts';
import { renderAst } from '../../enforcement/render-ast.ts';
import { renderPcf } from '../../enforcement/render-pcf.ts';
import type { Resource } from '../../fhir/resource.ts';

export type Described = { readonly [member: string]: Json };

export function describeDecision(
  { id, request, decision, asOf, inputs }: Decided,
  { unlabelledAs }: DecisionSettings,
): Described {
  const { outcome, reason, basis, obligations, conflict, superseded, filter, beforeLabels, holdsUntil } =
    decision;
  const basedOn = [...new Set(basis.map(({ consent, version }) => `Consent/${consent}/_history/${version}`))];
  const { resourceTypes } = request;
  return {
    id,
    outcome,
    reason,
    basis: describeBasis(basis),
    obligations,
    conflict,
    superseded,
    residual: { ...renderAst(filter, { basedOn, notAfter: holdsUntil, unlabelledAs, resourceTypes }) },
    pcf: { ...renderPcf(beforeLabels, unlabelledAs) },
    evaluatedAt: formatInstant(request.at),
    inputs,
    ...(holdsUntil === undefined ? {} : { notAfter: formatInstant(holdsUntil) }),
    ...(asOf === undefined ? {} : { asOf: formatInstant(asOf) }),
  };
}

export const describeBasis = (basis: Decision['basis']): Json => basis.map((each) => ({ ...each }));

/** Facts of the resources that came with the request; they are stored nowhere. */
export function factsAbout(
  candidates: readonly object[],
  settings: DecisionSettings,
): readonly ResourceFacts[] {
  const budget = usualBudget();
  return candidates.map((each) => factsOf(each as Resource, settings, budget));
}

/** Two candidates under one name: the answer speaks of both, so the stricter word holds. */
export function describeVisibility({ decision }: Decided, facts: readonly ResourceFacts[]): Described {
  const hidden = facts.filter((each) => !isVisible(decision.filter, each)).map(({ name }) => name);
  return { visible: facts.map(({ name }) => name).filter((name) => !hidden.includes(name)), hidden };
}
