/** What somebody could try who may file a consent, or knows how the engine works. */
import { describe, expect, test } from 'vitest';
import { accessSettings, settingsSchema } from '../../src/access/settings.ts';
import { validateConsent } from '../../src/consent/validate-consent.ts';
import { compile } from '../../src/decision/compile.ts';
import { decide } from '../../src/decision/decide.ts';
import { factsOf } from '../../src/decision/facts.ts';
import { identify } from '../../src/decision/party.ts';
import type { AccessRequest } from '../../src/decision/request.ts';
import { isVisible } from '../../src/decision/visible.ts';
import type { Resource, StoredResource } from '../../src/fhir/resource.ts';
import { at, stored } from '../support/arbitrary-consents.ts';
import { engineOver } from '../support/engine.ts';

const settingsOf = (given: object, ownBases: readonly string[] = []) =>
  accessSettings(settingsSchema.parse(given), ownBases);
const open = settingsOf({ implicitPolicy: 'all-normal' });

const consent = (id: string, members: object): StoredResource =>
  stored(
    {
      resourceType: 'Consent',
      status: 'active',
      subject: { reference: 'Patient/ann' },
      ...members,
    } as Resource,
    id,
    '5.0',
  );
const onFile = (resourceType: string, id: string, members: object = {}): StoredResource =>
  stored({ resourceType, id, ...members } as Resource, id, '4.0');

const asking: AccessRequest = {
  patient: 'Patient/ann',
  requester: { type: 'practitioner', reference: 'Practitioner/t', organization: 'Organization/h' },
  action: 'access',
  purposes: ['TREAT'],
  at,
};
const observation = { resourceType: 'Observation', id: 'o' };
const refusal = consent('refusal', { date: '2026-01-01', decision: 'deny' });

describe('a refusal is not undone by taking its place (C-3)', () => {
  const replacing = (id: string, ...older: readonly string[]) =>
    consent(id, {
      date: '2026-03-01',
      decision: 'permit',
      grantor: [{ reference: 'Organization/h' }],
      sourceReference: older.map((each) => ({ reference: `Consent/${each}` })),
    });

  test('by somebody without authority', () => {
    const engine = engineOver([refusal, replacing('x', 'refusal')], [], open);
    expect(engine.decide(asking)).toMatchObject({ outcome: 'deny', superseded: [] });
  });

  test('nor by two who take the place of each other as well', () => {
    const engine = engineOver([refusal, replacing('x', 'refusal', 'y'), replacing('y', 'x')], [], open);
    expect(engine.decide(asking)).toMatchObject({ outcome: 'deny', superseded: [] });
  });

  test('consents in a circle leave one another where they are', () => {
    const own = (id: string, decision: string, older: string) =>
      consent(id, { date: '2026-03-01', decision, sourceReference: [{ reference: `Consent/${older}` }] });
    const engine = engineOver([own('a', 'deny', 'b'), own('b', 'permit', 'a')], [], open);
    expect(engine.decide(asking)).toMatchObject({ outcome: 'deny', reason: 'explicit-deny', superseded: [] });
  });

  test('nor by a consent that is older', () => {
    const older = consent('older', {
      date: '2020-01-01',
      decision: 'permit',
      sourceReference: [{ reference: 'Consent/refusal' }],
    });
    expect(engineOver([refusal, older], [], open).permits(asking, observation)).toBe(false);
  });
});

test('what a delegate signs after the patient has given the delegation anew, without the delegate, is nothing (PR-1)', () => {
  const delegate = { role: { coding: [{ code: 'DELEGATEE' }] }, reference: { reference: 'RelatedPerson/d' } };
  const form = { policyBasis: { url: 'urn:policy:delegation' }, decision: 'deny' };
  const delegation = consent('delegation', {
    ...form,
    date: '2026-01-01',
    provision: [{ actor: [delegate] }],
  });
  const anew = consent('anew', { ...form, date: '2026-02-01', provision: [{ purpose: [{ code: 'x' }] }] });
  const signed = consent('signed', {
    date: '2026-05-01',
    decision: 'permit',
    grantor: [{ reference: 'RelatedPerson/d' }],
  });
  const usual = settingsOf({});
  expect(engineOver([delegation, signed], [], usual).permits(asking, observation)).toBe(true);
  expect(engineOver([delegation, anew, signed], [], usual).permits(asking, observation)).toBe(false);
});

describe('a deny is not escaped by how the directory writes a reference (R-21)', () => {
  const base = 'https://consent.example.org/fhir/R5';
  const settings = settingsOf({ implicitPolicy: 'all-normal' }, [base]);
  const denying = (actor: string) =>
    consent('c', {
      decision: 'permit',
      provision: [{ actor: [{ reference: { reference: actor } }] }],
    });

  test.each([
    [
      'a role',
      'Organization/c',
      [onFile('PractitionerRole', 'r', reference('practitioner', 't', 'organization', 'c'))],
    ],
    [
      'the organization above',
      'Organization/top',
      [onFile('Organization', 'h', { partOf: { reference: `${base}/Organization/top` } })],
    ],
    [
      'a member of a group',
      'Group/g',
      [onFile('Group', 'g', { member: [{ entity: { reference: `${base}/Practitioner/t` } }] })],
    ],
  ])('%s', (_, actor, directory) => {
    expect(engineOver([denying(actor)], directory, settings).permits(asking, observation)).toBe(false);
  });

  test('nor by merging records', () => {
    const merged = onFile('Patient', 'ann', {
      link: [{ type: 'replaces', other: { reference: `${base}/Patient/old` } }],
    });
    const ofOld = {
      ...refusal,
      patient: 'old',
      resource: { ...refusal.resource, subject: { reference: 'Patient/old' } },
    };
    expect(engineOver([ofOld as StoredResource], [merged], settings).permits(asking, observation)).toBe(
      false,
    );
  });

  function reference(practitioner: string, t: string, organization: string, c: string) {
    return {
      [practitioner]: { reference: `${base}/Practitioner/${t}` },
      [organization]: { reference: `${base}/Organization/${c}` },
    };
  }
});

test('dates on file tell nothing of a patient about whom there is no consent', () => {
  const roles = [
    onFile('PractitionerRole', 'r', {
      practitioner: { reference: 'Practitioner/t' },
      organization: { reference: 'Organization/h' },
      period: { end: '2027-01-01' },
    }),
    onFile('RelatedPerson', 'm', { patient: { reference: 'Patient/bob' }, period: { end: '2027-02-01' } }),
  ];
  const settings = settingsOf({});
  const party = identify(asking.requester, roles, settings);
  expect(decide(compile('Patient/ nobody', [], settings), party, asking).holdsUntil).toBeUndefined();
});

describe('nothing takes for ever', () => {
  const usual = settingsOf({});
  const codes = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ coding: [{ system: 'urn:x', code: `c${at}` }] }));

  test('a provision with thousands of codes is refused, and one with many is one condition', () => {
    const listing = (count: number) =>
      consent('c', { decision: 'permit', provision: [{ code: codes(count) }] });
    expect(validateConsent(listing(2500).resource, '5.0')).toMatchObject({ ok: false });
    expect(engineOver([listing(2500)], [], usual).decide(asking).reason).toBe('unreadable-consent');
    expect(engineOver([listing(900)], [], usual).decide(asking).outcome).toBe('permit');
  });

  test('more provisions together than can be weighed close', () => {
    const provision = Array.from({ length: 199 }, () => ({ purpose: [{ code: 'x' }] }));
    const many = Array.from({ length: 25 }, (_, at) => consent(`c${at}`, { decision: 'permit', provision }));
    expect(engineOver(many, [], usual).decide(asking)).toMatchObject({
      outcome: 'deny',
      reason: 'unreadable-consent',
    });
  });

  test('a group that lists itself, many times over, is walked once', () => {
    const member = Array.from({ length: 60 }, () => ({ entity: { reference: 'Group/g' } }));
    const group = onFile('Group', 'g', { member: [...member, { entity: { reference: 'Practitioner/t' } }] });
    const denied = consent('c', {
      decision: 'permit',
      provision: [{ actor: [{ reference: { reference: 'Group/g' } }] }],
    });
    expect(engineOver([denied], [group], usual).permits(asking, observation)).toBe(false);
  });

  test('one group named by a hundred provisions stands once in the program', () => {
    const actor = [{ reference: { reference: 'Group/g' } }];
    const provision = Array.from({ length: 100 }, () => ({ actor }));
    const group = onFile('Group', 'g', { member: [{ entity: { reference: 'Practitioner/b' } }] });
    const { consents } = compile(
      'Patient/ann',
      [consent('c', { decision: 'deny', provision }), group],
      usual,
    );
    const parties = consents[0]?.rules[0]?.exceptions.map(({ condition }) => {
      const [first] = condition.actors ?? [];
      return first?.kind === 'party' ? first.party : undefined;
    });
    expect(new Set(parties).size).toBe(1);
  });

  test('once the budget for expressions is spent nobody can tell, and what nobody can tell is hidden', () => {
    const expression = { language: 'text/fhirpath', expression: "code.coding.where(code = 'x').exists()" };
    const engine = engineOver([consent('c', { decision: 'permit', provision: [{ expression }] })], [], usual);
    const { filter } = engine.decide(asking);
    const budget = { left: 200 };
    const one = { ...observation, code: { coding: [{ code: 'y' }] } };
    const shown = Array.from({ length: 50 }, () => isVisible(filter, factsOf(one, usual, budget)));
    expect(shown[0]).toBe(true);
    expect(shown.at(-1)).toBe(false);
    const [before, after] = [budget, { left: 200 }].map((left) => factsOf(one, usual, left));
    expect([before, after].map((facts) => facts && isVisible(filter, facts))).toEqual([false, true]);
    // What was said of a resource once is said again, and costs nothing.
    if (after) after.budget.left = 0;
    budget.left = 200;
    expect([before, after].map((facts) => facts && isVisible(filter, facts))).toEqual([false, true]);
    expect([budget.left, after?.budget.left]).toEqual([200, 0]);
  });
});
