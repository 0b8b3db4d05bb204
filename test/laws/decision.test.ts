import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accessSettings, settingsSchema } from '../../src/access/settings.ts';
import { compile } from '../../src/decision/compile.ts';
import { decide, isPermitted } from '../../src/decision/decide.ts';
import { factsOf } from '../../src/decision/facts.ts';
import type { AccessRequest } from '../../src/decision/request.ts';
import type { CombiningRule } from '../../src/decision/settings.ts';
import { isVisible } from '../../src/decision/visible.ts';
import { renderAst } from '../../src/enforcement/render-ast.ts';
import type { Resource, StoredResource } from '../../src/fhir/resource.ts';
import { at, consent, consents, request, resource, stored } from '../support/arbitrary-consents.ts';
import { evaluateAst } from '../support/evaluate-ast.ts';

const numRuns = Number(process.env['HEADWATER_LAW_RUNS'] ?? 500);
const settingsOf = (combining: CombiningRule) => accessSettings(settingsSchema.parse({ combining }), []);
const settings = settingsOf('deny-overrides');
const rules = fc.constantFrom<CombiningRule>('deny-overrides', 'permit-overrides', 'most-recent');

const directory: readonly StoredResource[] = [
  'Practitioner/t',
  'Practitioner/b',
  'Practitioner/z',
  'Organization/h',
].map((name) => {
  const [resourceType = '', id = ''] = name.split('/');
  return stored({ resourceType, id }, id, '4.0');
});
const aConsent = { resourceType: 'Consent', status: 'active', subject: { reference: 'Patient/ann' } };
const unlabelled = fc.constantFrom('N' as const, 'R' as const);
const silence = fc.constantFrom('permit' as const, 'deny' as const);

test('the filter shows exactly what asking about each resource permits, however consents combine', () => {
  fc.assert(
    fc.property(consents, request, resource, silence, rules, (filed, asked, one, whenSilent, combining) => {
      const program = compile(filed, directory, settingsOf(combining));
      const facts = factsOf(one, settings);
      expect(isVisible(decide(program, asked, whenSilent).filter, facts)).toBe(
        isPermitted(program, asked, facts, whenSilent),
      );
    }),
    { numRuns },
  );
});

test('the wire form of a filter shows no more than the filter', () => {
  fc.assert(
    fc.property(consents, request, resource, unlabelled, (filed, asked, one, unlabelledAs) => {
      const { filter } = decide(compile(filed, directory, { ...settings, unlabelledAs }), asked, 'deny');
      const { byType } = renderAst(filter, { basedOn: [], notAfter: undefined, unlabelledAs });
      const facts = factsOf(one, { ...settings, unlabelledAs });
      expect(isVisible(filter, facts) || evaluateAst(byType['*'], facts) !== true).toBe(true);
    }),
    { numRuns },
  );
});

test('what is asked of a consent does not outgrow it', () => {
  for (const siblings of [1, 2]) {
    const tree = provisionTree(7, siblings);
    const filed = stored({ ...aConsent, decision: 'permit', provision: tree } as Resource, 'deep', '5.0');
    const { filter } = decide(compile([filed], directory, settings), anyRequest, 'deny');
    expect(JSON.stringify(filter).length).toBeLessThan(60 * JSON.stringify(tree).length);
  }
});

test('a plain deny beside any consents shows nothing', () => {
  const deny = stored({ ...aConsent, decision: 'deny' }, 'deny', '5.0');
  fc.assert(
    fc.property(consents, request, resource, silence, (filed, asked, one, whenSilent) => {
      const shown = (all: readonly StoredResource[]) => isShown(all, asked, one, whenSilent);
      expect(shown([...filed, deny])).toBe(false);
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

const anyRequest: AccessRequest = {
  patient: 'Patient/ann',
  requester: { type: 'practitioner', reference: 'Practitioner/t' },
  action: 'access',
  purposes: ['TREAT'],
  at,
};

/** Every provision limited to a label of its own, so that nothing simplifies away. */
function provisionTree(depth: number, siblings: number): readonly object[] | undefined {
  if (depth === 0) return undefined;
  return Array.from({ length: siblings }, (_, index) => {
    const below = provisionTree(depth - 1, siblings);
    const label = { system: 'urn:example:labels', code: `${depth}-${index}` };
    return { securityLabel: [label], ...(below ? { provision: below } : {}) };
  });
}

function isShown(
  filed: readonly StoredResource[],
  asked: Parameters<typeof decide>[1],
  one: Resource,
  whenSilent: 'permit' | 'deny',
): boolean {
  return isPermitted(compile(filed, directory, settings), asked, factsOf(one, settings), whenSilent);
}
