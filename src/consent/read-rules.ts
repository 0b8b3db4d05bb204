/** Finds the base decision of a consent and what it applies to, in R5 and in R4 with its optional root type. */
import type { JsonObject } from '../base/json.ts';
import { always } from '../base/period.ts';
import { elements, text } from '../fhir/read-element.ts';
import type { Condition, Effect, Rule } from './consent.ts';
import type { Root, Unpacked } from './conversion/unpack.ts';
import { agreed, optedIn } from './opted-base.ts';
import { isUnconditional, readCondition } from './read-condition.ts';
import { readProvisions } from './read-provisions.ts';
import { opposite, readType } from './read-type.ts';
import type { ReadingSettings } from './reading-settings.ts';

/** Empty when no base can be derived (N-3); two when a typeless root leaves two readings (N-4). */
export function readRules({ body, root }: Unpacked, settings: ReadingSettings): readonly Rule[] {
  return root ? readRoot(body, root, settings) : readDecision(body, settings);
}

const unlimited: Condition = {};

function readDecision(body: JsonObject, settings: ReadingSettings): readonly Rule[] {
  const base = text(body, 'decision');
  if (base !== 'permit' && base !== 'deny') return [];
  const exceptions = readProvisions(body, { effect: base, condition: unlimited, path: '' }, settings);
  return [{ base, basePath: '/decision', scope: unlimited, exceptions }];
}

function readRoot(body: JsonObject, root: Root, settings: ReadingSettings): readonly Rule[] {
  const type = readType(root.rule);
  const scope = readCondition(root.rule, settings);
  if (type) return [scopeReading(root, { base: type, basePath: root.paths.rule }, scope, settings)];
  const base = baseOfPolicy(body, root, settings);
  if (!base) return [];
  const asScope = scopeReading(root, base, scope, settings);
  if (isUnconditional(scope) || settings.rootMeans === 'scope') return [asScope];
  const asException = exceptionReading(root, base, scope, settings);
  return settings.rootMeans === 'exception' ? [asException] : [asScope, asException];
}

type Base = { readonly base: Effect; readonly basePath: string };

function scopeReading({ rule, paths }: Root, base: Base, scope: Condition, settings: ReadingSettings): Rule {
  const parent = { effect: base.base, condition: scope, path: paths.rule };
  return { ...base, scope, exceptions: readProvisions(rule, parent, settings) };
}

// The root's period is the consent's own (EV-2), so the exception that the root becomes has none.
function exceptionReading(
  { rule, paths }: Root,
  base: Base,
  condition: Condition,
  settings: ReadingSettings,
): Rule {
  const effect = opposite(base.base);
  const children = readProvisions(rule, { effect, condition, path: paths.rule }, settings);
  const exception = { effect, explicit: false, condition, period: always, children, path: paths.rule };
  return { ...base, scope: unlimited, exceptions: [exception] };
}

function baseOfPolicy(body: JsonObject, { paths }: Root, settings: ReadingSettings): Base | undefined {
  const opted = optedIn(body);
  if (opted.length > 0) return baseAt(agreed(opted), paths.policyRule);
  const configured = policiesIn(body).flatMap((uri) => configuredBase(uri, settings));
  return baseAt(agreed(configured), paths.policy);
}

/** The policy that R5 calls the basis, and those of R4. */
export const policiesIn = (body: JsonObject): readonly string[] => [
  ...elements(body, 'policyBasis').flatMap((basis) => text(basis, 'url') ?? []),
  ...elements(body, 'policy').flatMap((policy) => text(policy, 'uri') ?? []),
];

function configuredBase(uri: string, { policyBases }: ReadingSettings): readonly Effect[] {
  if (!Object.hasOwn(policyBases, uri)) return [];
  return [policyBases[uri] === 'permit' ? 'permit' : 'deny'];
}

const baseAt = (base: Effect | undefined, basePath: string): Base | undefined => base && { base, basePath };
