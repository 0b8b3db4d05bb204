/** Finds the base decision of a consent and what it applies to, in R5 and in R4 with its optional root type. */
import type { JsonObject } from '../base/json.ts';
import { always } from '../base/period.ts';
import { conceptCodings, element, elements, text } from '../fhir/read-element.ts';
import type { Condition, Effect, Rule } from './consent.ts';
import { isUnconditional, readCondition } from './read-condition.ts';
import { opposite, readProvisions, readType } from './read-provisions.ts';
import type { ReadingSettings } from './reading-settings.ts';

/** Empty when no base can be derived (N-3); two when a typeless root leaves two readings (N-4). */
export function readRules(resource: JsonObject, r5: boolean, settings: ReadingSettings): readonly Rule[] {
  return r5 ? readR5(resource, settings) : readR4(resource, settings);
}

const unlimited: Condition = {};

function readR5(resource: JsonObject, settings: ReadingSettings): readonly Rule[] {
  const base = text(resource, 'decision');
  if (base !== 'permit' && base !== 'deny') return [];
  const exceptions = readProvisions(resource, { effect: base, condition: unlimited, path: '' }, settings);
  return [{ base, basePath: '/decision', scope: unlimited, exceptions }];
}

function readR4(resource: JsonObject, settings: ReadingSettings): readonly Rule[] {
  const root = element(resource, 'provision') ?? {};
  const type = readType(root);
  const scope = readCondition(root, settings);
  if (type) return [scopeReading(root, { base: type, basePath: '/provision' }, scope, settings)];
  const base = baseOfPolicy(resource, settings);
  if (!base) return [];
  const asScope = scopeReading(root, base, scope, settings);
  if (isUnconditional(scope) || settings.rootMeans === 'scope') return [asScope];
  const asException = exceptionReading(root, base, scope, settings);
  return settings.rootMeans === 'exception' ? [asException] : [asScope, asException];
}

type Base = { readonly base: Effect; readonly basePath: string };

function scopeReading(root: JsonObject, base: Base, scope: Condition, settings: ReadingSettings): Rule {
  const parent = { effect: base.base, condition: scope, path: '/provision' };
  return { ...base, scope, exceptions: readProvisions(root, parent, settings) };
}

// The root's period is the consent's own (EV-2), so the exception that the root becomes has none.
function exceptionReading(
  root: JsonObject,
  base: Base,
  condition: Condition,
  settings: ReadingSettings,
): Rule {
  const effect = opposite(base.base);
  const children = readProvisions(root, { effect, condition, path: '/provision' }, settings);
  const exception = { effect, explicit: false, condition, period: always, children, path: '/provision' };
  return { ...base, scope: unlimited, exceptions: [exception] };
}

/** The opt-in and opt-out codes that R4 examples carry in `policyRule` (§4.6). */
const optCodes: ReadonlyMap<string, Effect> = new Map([
  ['OPTIN', 'permit'],
  ['OPTINR', 'permit'],
  ['OPTOUT', 'deny'],
  ['OPTOUTE', 'deny'],
]);

/** Undefined when none is named, or two that contradict each other. */
function baseOfPolicy(resource: JsonObject, settings: ReadingSettings): Base | undefined {
  const opted = conceptCodings(resource, 'policyRule').flatMap(({ code }) => optCodes.get(code) ?? []);
  if (opted.length > 0) return agreed(opted, '/policyRule');
  const configured = elements(resource, 'policy').flatMap((policy) =>
    configuredBase(text(policy, 'uri'), settings),
  );
  return agreed(configured, '/policy');
}

function configuredBase(uri: string | undefined, { policyBases }: ReadingSettings): readonly Effect[] {
  if (uri === undefined || !Object.hasOwn(policyBases, uri)) return [];
  return [policyBases[uri] === 'permit' ? 'permit' : 'deny'];
}

function agreed(bases: readonly Effect[], basePath: string): Base | undefined {
  const [base, ...others] = new Set(bases);
  return base !== undefined && others.length === 0 ? { base, basePath } : undefined;
}
