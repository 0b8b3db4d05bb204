/** Duties that come with an approval; one that is not understood turns it into a refusal (D11). */
import type { Json, JsonObject } from '../base/json.ts';
import { listOf, objectOf, textOf } from './members.ts';

export type Obligation = {
  /** Headwater names a v3 ActCode as `http://terminology.hl7.org/CodeSystem/v3-ActCode#NORDSCLCD`. */
  readonly type: string;
  /** As received, to be handed on whole. */
  readonly wire: Json;
};

/** Undefined when the list holds something without a recognisable type. Absent means that there are none. */
export function readObligations(value: Json | undefined): readonly Obligation[] | undefined {
  const read = listOf(value ?? [])?.map(readObligation);
  return read?.every((obligation) => obligation !== undefined) ? read : undefined;
}

function readObligation(wire: Json): Obligation | undefined {
  const type = textOf(wire) ?? typeOf(objectOf(wire));
  return type === undefined ? undefined : { type, wire };
}

/** `{type}` (AuthZEN style), `{code}` (a Coding) or `{id: {code}}` (CDS Hooks style). */
const typeOf = (wire: JsonObject | undefined): string | undefined =>
  textOf(wire?.['type']) ?? textOf(wire?.['code']) ?? textOf(objectOf(wire?.['id'])?.['code']);

export function firstUnknown(
  obligations: readonly Obligation[],
  understood: readonly string[],
): string | undefined {
  return obligations.find(({ type }) => !understood.includes(type))?.type;
}
