/** Puts the R4 elements that a body of R5 carries in their place. */
import type { JsonObject } from '../../base/json.ts';
import { element, elements, text } from '../../fhir/read-element.ts';
import type { Effect } from '../consent.ts';
import { agreed, optedIn } from '../opted-base.ts';
import { opposite, readType } from '../read-type.ts';
import { stripped, unpacked, urlOf } from './carrier.ts';
import { ofR4 } from './carriers.ts';
import { unpackPolicies } from './policies.ts';
import { rewritten, withMembers } from './rewrite.ts';

/** Says that the one provision is to be read as the root rule of R4, and `decision` only as what that comes to. */
export const rootMarker: JsonObject = { url: urlOf('4.0', 'provision'), valueBoolean: true };

type UnpackedR5 = { readonly body: JsonObject; readonly root: JsonObject | undefined };

export function unpackR5(resource: JsonObject): UnpackedR5 {
  const placed = withDateTime(unpackPolicies(unpacked(resource, [ofR4.policyRule])));
  const body = rewritten(placed, 'provision', unpackProvision);
  const marked = unpackRoot(body);
  if (marked) return marked;
  const decision = effectIn(body);
  return {
    root: undefined,
    body: decision
      ? rewritten(body, 'provision', (provision) => unpackRedundantType(provision, decision))
      : body,
  };
}

export const effectIn = (body: JsonObject): Effect | undefined => {
  const decision = text(body, 'decision');
  return decision === 'permit' || decision === 'deny' ? decision : undefined;
};

/** A marker that does not fit its body stays, and is not understood (EV-3). */
function unpackRoot(body: JsonObject): UnpackedR5 | undefined {
  const unmarked = stripped(body, 'modifierExtension', rootMarker);
  const [rule = {}, ...others] = elements(body, 'provision');
  const base = readType(rule) ?? agreed(optedIn(body));
  const fits = others.length === 0 && rule['period'] === undefined;
  const isAsSaid = body['decision'] === base && body['_decision'] === undefined;
  return unmarked && fits && isAsSaid ? { body: unmarked, root: rule } : undefined;
}

function unpackProvision(provision: JsonObject): JsonObject {
  const placed = unpacked(provision, [ofR4.class]);
  const typed = unpacked(placed, [ofR4.type]);
  return rewritten(readType(typed) ? typed : placed, 'provision', unpackProvision);
}

/** One that says otherwise than turning the decision round would say is not ours. */
function unpackRedundantType(provision: JsonObject, decision: Effect): JsonObject {
  const typed = unpacked(provision, [ofR4.redundantType]);
  return readType(typed) === opposite(decision) ? typed : provision;
}

/** The time of day that `date` has no room for. */
function withDateTime(body: JsonObject): JsonObject {
  const around = element(body, '_date');
  const rest = around && unpacked(around, [ofR4.dateTime]);
  const dateTime = text(rest, 'dateTime');
  if (!rest || dateTime === undefined || dateOf(dateTime) !== body['date']) return body;
  const { dateTime: _, ...sibling } = rest;
  return withMembers(body, { dateTime, _date: sibling });
}

export const dateOf = (dateTime: string): string => dateTime.replace(/T.*$/, '');
