/** What a client tells of a resource without sending it, and what remains of a filter once that much is known. */
import type { JsonObject } from '../../base/json.ts';
import { factsOf, type ResourceFacts } from '../../decision/facts.ts';
import { type Atom, all, allOf, anyOf, type Filter, none } from '../../decision/filter.ts';
import type { DecisionSettings } from '../../decision/settings.ts';
import { testAtom } from '../../decision/visible.ts';
import type { Coding } from '../../fhir/coding.ts';
import { codingFrom, labelFrom } from './read-code.ts';
import type { AskedOf } from './wire.ts';

/** Facts of which those alone count that were told: what was left out is unknown, not absent. */
export type Told = { readonly facts: ResourceFacts; readonly kinds: ReadonlySet<Atom['kind']> };

type Properties = NonNullable<AskedOf['properties']>;

export function toldOf(
  type: string,
  id: string | undefined,
  properties: Properties,
  settings: DecisionSettings,
): Told {
  const { security_labels: labels, codes, author, created, period } = properties;
  const resource = {
    resourceType: type,
    ...(id === undefined ? {} : { id }),
    ...(labels === undefined ? {} : { meta: { security: labels.map(labelFrom).map(asJson) } }),
    ...(codes === undefined ? {} : { code: { coding: codes.map(codingFrom).map(asJson) } }),
    ...(author === undefined ? {} : { author: [author].flat().map(referenceFrom) }),
    ...(created === undefined ? {} : { date: created }),
    ...(period === undefined ? {} : { period }),
  };
  const kinds = new Set<Atom['kind']>([
    'type',
    ...(id === undefined ? [] : (['id'] as const)),
    ...(labels === undefined ? [] : (['confidentiality', 'label', 'use'] as const)),
    ...(codes === undefined ? [] : (['code'] as const)),
    ...(author === undefined ? [] : (['author'] as const)),
    ...(created === undefined && period === undefined ? [] : (['date'] as const)),
  ]);
  return { facts: factsOf(resource, settings), kinds };
}

const asJson = (coding: Coding): JsonObject => ({ ...coding });

function referenceFrom(name: string): JsonObject {
  const bar = name.indexOf('|');
  if (bar < 0) return { reference: name };
  const system = name.slice(0, bar);
  return { identifier: { ...(system === '' ? {} : { system }), value: name.slice(bar + 1) } };
}

/**
 * INVARIANT: whatever passes what remains, and is as it was told to be, passes the filter. A condition on what was not
 * told stays; one on what was told, and cannot be settled by it, hides.
 */
export function remainsOf(filter: Filter, told: Told): Filter {
  switch (filter.op) {
    case 'all':
    case 'none':
      return filter;
    case 'and':
      return allOf(filter.of.map((part) => remainsOf(part, told)));
    case 'or':
      return anyOf(filter.of.map((part) => remainsOf(part, told)));
    case 'is':
    case 'not':
      return isTold(filter.atom, told) ? settledBy(filter, told.facts) : filter;
  }
}

/** A version is never told. */
const isTold = (atom: Atom, { facts, kinds }: Told): boolean =>
  kinds.has(atom.kind) &&
  !(atom.kind === 'id' && atom.version !== undefined && atom.anyOf.includes(facts.name));

function settledBy({ op, atom }: Extract<Filter, { op: 'is' | 'not' }>, facts: ResourceFacts): Filter {
  const so = testAtom(atom, facts);
  return so !== undefined && so === (op === 'is') ? all : none;
}
