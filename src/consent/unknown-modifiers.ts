/** Finds modifier extensions that are not understood: each may turn the meaning of its element round (EV-3). */
import type { JsonObject } from '../base/json.ts';
import { elements } from '../fhir/read-element.ts';
import { limitCodes } from './limits.ts';

/** At whatever depth it stands. */
export function hasUnknownModifier(value: JsonObject, isProvision = false): boolean {
  const modifiers = elements(value, 'modifierExtension');
  if (modifiers.some((each) => !isProvision || limitCodes(each) === undefined)) return true;
  return Object.keys(value).some((name) =>
    elements(value, name).some((each) => hasUnknownModifier(each, name === 'provision')),
  );
}
