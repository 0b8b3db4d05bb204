/** The effect that a rule of R4 says itself, and how rules without one turn their parent's round (N-1, N-5). */
import type { JsonObject } from '../base/json.ts';
import { text } from '../fhir/read-element.ts';
import type { Effect } from './consent.ts';

export const opposite = (effect: Effect): Effect => (effect === 'permit' ? 'deny' : 'permit');

export function readType(provision: JsonObject | undefined): Effect | undefined {
  const type = text(provision, 'type');
  return type === 'permit' || type === 'deny' ? type : undefined;
}
