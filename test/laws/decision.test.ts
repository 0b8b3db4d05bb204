import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accessSettings, settingsSchema } from '../../src/access/settings.ts';
import { factsOf } from '../../src/decision/facts.ts';
import type { AccessRequest } from '../../src/decision/request.ts';
import { type CombiningRule, implicitPolicies } from '../../src/decision/settings.ts';
import { isVisible } from '../../src/decision/visible.ts';
import { renderAst } from '../../src/enforcement/render-ast.ts';
import { renderPcf } from '../../src/enforcement/render-pcf.ts';
import type { Resource, StoredResource } from '../../src/fhir/resource.ts';
import { allows } from '../../src/sdk/allows.ts';
import { at, consent, consents, request, resource, stored } from '../support/arbitrary-consents.ts';
import { engineOver } from '../support/engine.ts';
import { evaluateAst } from '../support/evaluate-ast.ts';

const numRuns = Number(process.env['HEADWATER_LAW_RUNS'] ?? 500);
const settingsOf = (given: object) => accessSettings(settingsSchema.parse(given), []);
const usual = settingsOf({});

/** Every way in which consents combine, and what holds where they are silent. */
const settings = fc
  .record({
    combining: fc.constantFrom<CombiningRule>('deny-overrides', 'permit-overrides', 'most-recent'),
    implicitPolicy: fc.constantFrom(...implicitPolicies),
    btgOverridesDeny: fc.boolean(),
    breakGlass: fc.constant({ allowedRoles: ['doctor'] }),
  })
  .map(settingsOf);
const denyOverrides = fc
  .constantFrom(...implicitPolicies)
  .map((implicitPolicy) => settingsOf({ implicitPolicy }));

const unlabelled = fc.constantFrom('N' as const, 'R' as const);

const directory: readonly StoredResource[] = [
  { resourceType: 'Patient', id: 'ann', birthDate: '2011-03-01' },
  {
    resourceType: 'RelatedPerson',
    id: 'mum',
    patient: { reference: 'Patient/ann' },
    relationship: [{ coding: [{ code: 'PRN' }] }],
    period: { end: '2026-09-01' },
  },
  ...['Practitioner/t', 'Practitioner/b', 'Practitioner/z', 'Organization/h'].map((name) => {
    const [resourceType = '', id = ''] = name.split('/');
    return { resourceType, id };
  }),
].map((resource) => stored(resource as Resource, resource.id, '4.0'));
const aConsent = { resourceType: 'Consent', status: 'active', subject: { reference: 'Patient/ann' } };

test('the filter shows exactly what asking about each resource permits, however consents combine', () => {
  fc.assert(
    fc.property(consents, request, resource, settings, (filed, asked, one, given) => {
      const engine = engineOver(filed, directory, given);
      expect(engine.shows(asked, one)).toBe(engine.permits(asked, one));
    }),
    { numRuns },
  );
});

test('the wire form of a filter shows exactly what the filter does where it can say it, and never more', () => {
  fc.assert(
    fc.property(consents, request, resource, unlabelled, (filed, asked, one, unlabelledAs) => {
      const given = { ...usual, unlabelledAs };
      const { filter } = engineOver(filed, directory, given).decide(asked);
      const { byType } = renderAst(filter, { basedOn: [], notAfter: undefined, unlabelledAs });
      const facts = factsOf(one, given);
      expect(evaluateAst(byType['*'], facts) === true).toBe(isVisible(filter, facts));
    }),
    { numRuns },
  );
});

test('the residual of IHE PCF shows exactly what the filter does where it says that it can, and never more', () => {
  let exactOnes = 0;
  fc.assert(
    fc.property(consents, request, resource, (filed, asked, one) => {
      const { beforeLabels } = engineOver(filed, directory, usual).decide(asked);
      const { residual, exact } = renderPcf(beforeLabels);
      const [shown, visible] = [allows(residual, one), isVisible(beforeLabels, factsOf(one, usual))];
      if (shown) expect(visible).toBe(true);
      if (exact) expect(shown).toBe(visible);
      if (exact && residual.length > 0) exactOnes++;
    }),
    { numRuns },
  );
  expect(exactOnes).toBeGreaterThan(numRuns / 20);
});

test('what is asked of a consent does not outgrow it', () => {
  for (const siblings of [1, 2]) {
    const tree = provisionTree(7, siblings);
    const filed = stored({ ...aConsent, decision: 'permit', provision: tree } as Resource, 'deep', '5.0');
    const { filter } = engineOver([filed], directory, usual).decide(anyRequest);
    expect(JSON.stringify(filter).length).toBeLessThan(60 * JSON.stringify(tree).length);
  }
});

test('adding a plain deny shows nothing, but to patients what is theirs', () => {
  const deny = stored({ ...aConsent, decision: 'deny' }, 'deny', '5.0');
  fc.assert(
    fc.property(consents, request, resource, denyOverrides, (filed, asked, one, given) => {
      fc.pre(asked.requester.type !== 'patient');
      expect(engineOver([...filed, deny], directory, given).permits(asked, one)).toBe(false);
    }),
    { numRuns },
  );
});

test('adding a deny of any kind never shows more', () => {
  fc.assert(
    fc.property(consents, refusal, request, resource, denyOverrides, (filed, deny, asked, one, given) => {
      const before = engineOver(filed, directory, given).permits(asked, one);
      const after = engineOver([...filed, deny], directory, given).permits(asked, one);
      expect(before || !after).toBe(true);
    }),
    { numRuns },
  );
});

test('the order in which consents are listed does not matter', () => {
  fc.assert(
    fc.property(consents, request, resource, settings, (filed, asked, one, given) => {
      const [so, turned] = [filed, filed.toReversed()].map((all) => engineOver(all, directory, given));
      expect(turned?.permits(asked, one)).toBe(so?.permits(asked, one));
      expect(turned?.decide(asked)).toMatchObject({
        outcome: so?.decide(asked).outcome,
        conflict: so?.decide(asked).conflict,
      });
    }),
    { numRuns },
  );
});

test('breaking a consent never permits more', () => {
  fc.assert(
    fc.property(consents, request, resource, settings, breakage, (filed, asked, one, given, broken) => {
      const [first, ...others] = filed as [StoredResource, ...StoredResource[]];
      const before = engineOver(filed, directory, given).permits(asked, one);
      const after = [{ ...first, resource: { ...first.resource, ...broken } as Resource }, ...others];
      expect(before || !engineOver(after, directory, given).permits(asked, one)).toBe(true);
    }),
    { numRuns },
  );
});

test('two consents never show what neither alone nor their union of permits would', () => {
  fc.assert(
    fc.property(consent, consent, request, resource, (a, b, asked, one) => {
      const permits = (all: readonly StoredResource[]) =>
        engineOver(all, directory, usual).permits(asked, one);
      expect(permits([a]) || permits([b]) || !permits([a, b])).toBe(true);
    }),
    { numRuns },
  );
});

test('nothing changes before the decision says that it may', () => {
  const later = fc.integer({ min: 0, max: 1_000_000_000_000 });
  fc.assert(
    fc.property(consents, request, resource, later, settings, (filed, asked, one, passed, given) => {
      const engine = engineOver(filed, directory, given);
      const { holdsUntil } = engine.decide(asked);
      const then = Math.min(at + passed, (holdsUntil ?? Number.POSITIVE_INFINITY) - 1) as typeof at;
      expect(engine.permits({ ...asked, at: then }, one)).toBe(engine.permits(asked, one));
    }),
    { numRuns },
  );
});

test('a decision that denies shows nothing, and one that permits says on whose word', () => {
  fc.assert(
    fc.property(consents, request, resource, (filed, asked, one) => {
      const engine = engineOver(filed, directory, usual);
      const decision = engine.decide(asked);
      if (decision.outcome === 'deny') expect(engine.permits(asked, one)).toBe(false);
      // Patients, and who acts for them, need nobody's word.
      else expect(decision.basis.length > 0 || asked.requester.type !== 'practitioner').toBe(true);
    }),
    { numRuns },
  );
});

test('an explanation says what the decision says, of everything and of each resource', () => {
  fc.assert(
    fc.property(consents, request, resource, settings, (filed, asked, one, given) => {
      const engine = engineOver(filed, directory, given);
      const { decision, consents: explained, resources } = engine.explain(asked, [one]);
      expect(decision).toEqual(engine.decide(asked));
      expect(resources.map((each) => each.decision)).toEqual([engine.decideOn(asked, one)]);
      const verdicts = explained
        .filter(({ standing }) => standing === 'weighed')
        .map(({ verdict }) => verdict);
      const permits = verdicts.some((verdict) => verdict === 'permits' || verdict === 'permits-in-part');
      if (decision.permittedBy.length > 0) expect(permits).toBe(true);
      if (decision.reason === 'explicit-deny') expect(verdicts.some((each) => each !== 'silent')).toBe(true);
      for (const { consent: id, path } of decision.basis.filter((each) => each.path !== '')) {
        const told = explained.find((each) => each.consent === id);
        // What a request falls short of is told as well, and then as such.
        const isShort = told?.rules[0]?.path === path;
        expect(isShort || told?.rules.find((each) => each.path === path)?.applies !== 'no').toBe(true);
      }
    }),
    { numRuns },
  );
});

/** Denies everything it speaks of, in one way or another. */
const refusal = fc
  .record({ purpose: fc.boolean(), label: fc.boolean(), year: fc.boolean() })
  .map(({ purpose, label, year }) =>
    stored(
      {
        ...aConsent,
        scope: { coding: [{ code: 'patient-privacy' }] },
        category: [{ coding: [{ code: '59284-0' }] }],
        policyRule: { coding: [{ code: 'OPTOUT' }] },
        patient: aConsent.subject,
        subject: undefined,
        provision: {
          type: 'deny',
          ...(purpose ? { purpose: [{ system: actReason, code: 'TREAT' }] } : {}),
          ...(label ? { securityLabel: [{ system: confidentiality, code: 'R' }] } : {}),
          ...(year ? { dataPeriod: { start: '2022', end: '2022' } } : {}),
        },
      } as unknown as Resource,
      'refusal',
      '4.0',
    ),
  );
const actReason = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';

/** Ways in which a consent ceases to be one that can be relied on. */
const breakage = fc.constantFrom<object>(
  { modifierExtension: [{ url: 'urn:example:unknown' }] },
  { implicitRules: 'urn:example:rules' },
  { status: undefined },
  { decision: 'perhaps', provision: 'none' },
);

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
