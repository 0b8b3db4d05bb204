/** Reads nested provisions: R5 and untyped R4 rules turn their parent round, typed R4 rules say what they are (N-1, N-5). */
import type { JsonObject } from '../base/json.ts';
import { always, type Period } from '../base/period.ts';
import { readPeriod } from '../fhir/civil-time.ts';
import { element, elements } from '../fhir/read-element.ts';
import type { Condition, Effect, Provision } from './consent.ts';
import { readCondition } from './read-condition.ts';
import { opposite, readType } from './read-type.ts';
import type { ReadingSettings } from './reading-settings.ts';

/** What the provisions stand under: effect to turn round, and what typed ones inherit (N-6). */
export type Parent = { readonly effect: Effect; readonly condition: Condition; readonly path: string };

export function readProvisions(
  owner: JsonObject,
  parent: Parent,
  settings: ReadingSettings,
): readonly Provision[] {
  return elements(owner, 'provision').map((element, index) =>
    readProvision(element, { ...parent, path: `${parent.path}/provision/${index}` }, settings),
  );
}

function readProvision(provision: JsonObject, parent: Parent, settings: ReadingSettings): Provision {
  const type = readType(provision);
  const effect = type ?? opposite(parent.effect);
  const own = readCondition(provision, settings);
  const inherited = inherit(own, parent.condition);
  const here: Parent = { effect, condition: inherited, path: parent.path };
  return {
    effect,
    explicit: type !== undefined,
    condition: type === undefined ? own : inherited,
    period: periodOf(element(provision, 'period'), settings),
    children: readProvisions(provision, here, settings),
    path: parent.path,
  };
}

/** What a typed rule does not restate of purpose, actor and action is its parent's, through untyped parents too. */
function inherit(own: Condition, parent: Condition): Condition {
  return {
    ...(parent.purposes ? { purposes: parent.purposes } : {}),
    ...(parent.actions ? { actions: parent.actions } : {}),
    ...(parent.actors ? { actors: parent.actors } : {}),
    ...own,
  };
}

/** One that cannot be read makes the whole consent a defect, so what stands here does not matter then. */
const periodOf = (period: JsonObject | undefined, { timezone }: ReadingSettings): Period =>
  (period && readPeriod(period, timezone)) ?? always;
