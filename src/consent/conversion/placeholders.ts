/** What R4 requires and R5 does not know: written into R4 so that it is valid, marked so that nobody reads it (§5). */
import type { JsonObject } from '../../base/json.ts';
import { codeSystems } from '../../fhir/coding.ts';
import { element, elements } from '../../fhir/read-element.ts';
import type { Effect } from '../consent.ts';
import { absence, absentReason, stripped } from './carrier.ts';
import { sameJson, withMembers, without } from './rewrite.ts';

const noCategory = absence('5.0', 'category');

/** `scope` 1..1 */
export const scopePlaceholder: JsonObject = {
  extension: [noCategory],
  coding: [{ system: codeSystems.consentScope, code: 'patient-privacy' }],
};

/** `category` 1..* */
export const categoryPlaceholder: JsonObject = {
  extension: [noCategory],
  coding: [{ system: codeSystems.loinc, code: '59284-0' }],
};

/** ppc-1, where there is a decision. */
export const policyRulePlaceholder = (decision: Effect): JsonObject => ({
  extension: [absence('5.0', 'regulatoryBasis')],
  coding: [{ system: codeSystems.actCode, code: decision === 'permit' ? 'OPTIN' : 'OPTOUT' }],
});

/** ppc-1, where there is none. */
export const policyPlaceholder: JsonObject = { extension: [absence('5.0', 'policyBasis')] };

const policyRules = [policyRulePlaceholder('permit'), policyRulePlaceholder('deny')];

export function withoutPlaceholders(body: JsonObject): JsonObject {
  const isRule = policyRules.some((rule) => sameJson(rule, body['policyRule']));
  const kept = sameJson(scopePlaceholder, body['scope']) ? without(body, ['scope']) : body;
  return withMembers(isRule ? without(kept, ['policyRule']) : kept, {
    category: withoutOne(body, 'category', categoryPlaceholder),
    policy: withoutOne(body, 'policy', policyPlaceholder),
  });
}

/** Untouched where it is not there, whatever else is. */
function withoutOne(body: JsonObject, name: string, placeholder: JsonObject) {
  const all = elements(body, name);
  const kept = all.filter((each) => !sameJson(each, placeholder));
  return kept.length === all.length ? body[name] : kept;
}

/** `actor.role` 1..1 */
const rolePlaceholder: JsonObject = {
  extension: [absence('5.0', 'provision.actor.role')],
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }],
};

/** `actor.reference` 1..1; whoever passes over this one could take a deny of a role for a deny of nobody. */
const referencePlaceholder: JsonObject = { extension: [absentReason('not-applicable')] };
const noReference = absence('5.0', 'provision.actor.reference');

export function actorForR4(actor: JsonObject): JsonObject {
  const named = actor['role'] === undefined ? { ...actor, role: rolePlaceholder } : actor;
  if (named['reference'] !== undefined) return named;
  const modifiers = elements(named, 'modifierExtension');
  return { ...named, modifierExtension: [...modifiers, noReference], reference: referencePlaceholder };
}

export function actorOfR4(actor: JsonObject): JsonObject {
  const own = sameJson(actor['role'], rolePlaceholder) ? without(actor, ['role']) : actor;
  if (!sameJson(element(own, 'reference'), referencePlaceholder)) return own;
  const unmarked = stripped(own, 'modifierExtension', noReference);
  return unmarked ? without(unmarked, ['reference']) : own;
}
