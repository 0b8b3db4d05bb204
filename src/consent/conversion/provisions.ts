/** One provision in the other version's words; what those lack stands in modifier extensions (fhir-consent.md §5). */
import type { JsonObject } from '../../base/json.ts';
import type { Effect } from '../consent.ts';
import { carry } from './carrier.ts';
import { ofR4, ofR5 } from './carriers.ts';
import { contentsToR4, contentsToR5 } from './contents.ts';
import { actorForR4 } from './placeholders.ts';
import { rewritten, withExtensions, withMembers } from './rewrite.ts';

/** @param turned what turning the parent round says, where a type that says the same is nothing more (N-6). */
export function provisionToR5(provision: JsonObject, turned?: Effect): JsonObject {
  const { type, _type, ...others } = contentsToR5(provision);
  const carrier = type !== undefined && type === turned ? ofR4.redundantType : ofR4.type;
  const carried = type === undefined ? [] : carry(carrier, type, _type);
  return rewritten(withExtensions(others, carrier.holder, carried), 'provision', (each) =>
    provisionToR5(each),
  );
}

export function provisionToR4(provision: JsonObject): JsonObject {
  const { expression, ...others } = contentsToR4(rewritten(provision, 'actor', actorForR4));
  const carried = withExtensions(others, ofR5.expression.holder, carry(ofR5.expression, expression));
  return rewritten(withMembers(carried, {}), 'provision', provisionToR4);
}
