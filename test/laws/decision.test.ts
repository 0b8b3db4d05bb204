import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accessSettings, settingsSchema } from '../../src/access/settings.ts';
import { compile } from '../../src/decision/compile.ts';
import { decide, isPermitted } from '../../src/decision/decide.ts';
import { factsOf } from '../../src/decision/facts.ts';
import { isVisible } from '../../src/decision/visible.ts';
import type { Resource, StoredResource } from '../../src/fhir/resource.ts';
import { at, consent, consents, request, resource, stored } from '../support/arbitrary-consents.ts';

const numRuns = Number(process.env['HEADWATER_LAW_RUNS'] ?? 500);
const settingsOf = (combining: 'deny-overrides' | 'permit-overrides') =>
  accessSettings(settingsSchema.parse({ combining }), []);
const settings = settingsOf('deny-overrides');

const directory: readonly StoredResource[] = [
  'Practitioner/t',
  'Practitioner/b',
  'Practitioner/z',
  'Organization/h',
].map((name) => {
  const [resourceType = '', id = ''] = name.split('/');
  return stored({ resourceType, id }, id, '4.0');
});
const silence = fc.constantFrom('permit' as const, 'deny' as const);

test('the filter shows exactly what asking about each resource permits', () => {
  fc.assert(
    fc.property(consents, request, resource, silence, (filed, asked, one, whenSilent) => {
      const program = compile(filed, directory, settings);
      const facts = factsOf(one, settings);
      expect(isVisible(decide(program, asked, whenSilent).filter, facts)).toBe(
        isPermitted(program, asked, facts, whenSilent),
      );
    }),
    { numRuns },
  );
});

test('adding a plain deny never shows more', () => {
  const deny = stored({ resourceType: 'Consent', status: 'active', decision: 'deny' }, 'deny', '5.0');
  fc.assert(
    fc.property(consents, request, resource, silence, (filed, asked, one, whenSilent) => {
      const shown = (all: readonly StoredResource[]) => isShown(all, asked, one, whenSilent);
      expect(shown([...filed, deny])).toBe(false);
      expect(shown(filed) || !shown([...filed, deny])).toBe(true);
    }),
    { numRuns },
  );
});

test('the order in which consents are listed does not matter', () => {
  fc.assert(
    fc.property(consents, request, resource, silence, (filed, asked, one, whenSilent) => {
      expect(isShown(filed.toReversed(), asked, one, whenSilent)).toBe(
        isShown(filed, asked, one, whenSilent),
      );
    }),
    { numRuns },
  );
});

test('breaking a consent never permits more', () => {
  fc.assert(
    fc.property(consents, request, resource, silence, (filed, asked, one, whenSilent) => {
      const [first, ...others] = filed as [StoredResource, ...StoredResource[]];
      const broken: Resource = { ...first.resource, modifierExtension: [{ url: 'urn:example:unknown' }] };
      const after = isShown([{ ...first, resource: broken }, ...others], asked, one, whenSilent);
      expect(after).toBe(false);
    }),
    { numRuns },
  );
});

test('two consents never show what neither alone nor their union of permits would', () => {
  fc.assert(
    fc.property(consent, consent, request, resource, (a, b, asked, one) => {
      const together = isShown([a, b], asked, one, 'deny');
      const apart = isShown([a], asked, one, 'deny') || isShown([b], asked, one, 'deny');
      expect(apart || !together).toBe(true);
    }),
    { numRuns },
  );
});

test('nothing changes before the decision says that it may', () => {
  fc.assert(
    fc.property(
      consents,
      request,
      resource,
      fc.integer({ min: 0, max: 1_000_000_000 }),
      (filed, asked, one, later) => {
        const program = compile(filed, directory, settings);
        const { holdsUntil } = decide(program, asked, 'deny');
        const then = at + later;
        fc.pre(holdsUntil === undefined || then < holdsUntil);
        const facts = factsOf(one, settings);
        const asLater = { ...asked, at: then as typeof at };
        expect(isPermitted(program, asLater, facts, 'deny')).toBe(isPermitted(program, asked, facts, 'deny'));
      },
    ),
    { numRuns },
  );
});

test('a decision that denies shows nothing, and one that permits says on whose word', () => {
  fc.assert(
    fc.property(consents, request, resource, (filed, asked, one) => {
      const decision = decide(compile(filed, directory, settings), asked, 'deny');
      if (decision.outcome === 'deny') expect(isShown(filed, asked, one, 'deny')).toBe(false);
      else expect(decision.basis.length).toBeGreaterThan(0);
    }),
    { numRuns },
  );
});

function isShown(
  filed: readonly StoredResource[],
  asked: Parameters<typeof decide>[1],
  one: Resource,
  whenSilent: 'permit' | 'deny',
): boolean {
  return isPermitted(compile(filed, directory, settings), asked, factsOf(one, settings), whenSilent);
}
