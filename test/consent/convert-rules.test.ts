/** Each row of fhir-consent.md §5 about rules and conditions, there and back; what is carried along is not trusted blindly. */
import { describe, expect, it } from 'vitest';
import { convertConsent } from '../../src/consent/convert-consent.ts';
import { readConsent } from '../../src/consent/read-consent.ts';
import { stored } from '../support/arbitrary-consents.ts';
import {
  basis,
  carrying,
  comesBackTo4,
  comesBackTo5,
  observation,
  optOut,
  purpose,
  r5,
  report,
  to,
  to4,
  to5,
} from './conversions.ts';

describe('rules', () => {
  it('fhir-consent.md §5: nested rules from R5 carry no type', () => {
    const provision = [{ purpose, provision: [{ purpose }] }];
    expect(to4({ provision, period: { start: '2026' } }).resource['provision']).toEqual({
      type: 'permit',
      period: { start: '2026' },
      provision,
    });
    comesBackTo5({ provision });
  });

  it('fhir-consent.md §5: root type is decision, root period is period', () => {
    const provision = { type: 'deny', period: { end: '2027' }, provision: [{ purpose }] };
    expect(to5({ provision }).resource).toEqual(
      r5({ decision: 'deny', period: { end: '2027' }, provision: [{ purpose }] }),
    );
    comesBackTo4({ provision });
  });

  it('fhir-consent.md §5: a nested type that turning round would say too is no modifier, any other is', () => {
    const { resource } = to5({ provision: { type: 'permit', provision: [{ type: 'deny', purpose }] } });
    expect(resource).toMatchObject({
      decision: 'permit',
      provision: [{ extension: [{ valueCode: 'deny' }] }],
    });
    const provision = { type: 'permit', provision: [{ type: 'permit', purpose }] };
    expect(to5({ provision }).resource['provision']).toEqual([
      { purpose, modifierExtension: [{ url: carrying('4.0', 'provision.type'), valueCode: 'permit' }] },
    ]);
    comesBackTo4({ provision });
    comesBackTo4({ provision: { type: 'permit', provision: [{ type: 'deny', purpose }] } });
  });

  it.each([
    ['a root with conditions', { provision: { type: 'permit', purpose } }, 'permit'],
    ['a root with two readings', { policyRule: optOut, provision: { purpose } }, 'deny'],
    ['a base that only settings know', { policy: [{ uri: 'urn:a' }], provision: undefined }, undefined],
  ])('fhir-consent.md §5: %s is marked as the root it is', (_, members, decision) => {
    const { resource } = to5(members);
    expect(resource['decision']).toBe(decision);
    expect(resource['modifierExtension']).toEqual([
      { url: carrying('4.0', 'provision'), valueBoolean: true },
    ]);
    comesBackTo4(JSON.parse(JSON.stringify(members)));
  });

  it('fhir-consent.md §5: a consent without a decision is none in R4 either, whatever the settings', () => {
    const { resource } = to4({ decision: undefined, regulatoryBasis: undefined, provision: [{ purpose }] });
    expect(resource).toHaveProperty('modifierExtension');
    expect(convertConsent(resource, '4.0', '5.0')?.resource).not.toHaveProperty('decision');
  });
});

describe('conditions', () => {
  const rule = (members: object) => ({ provision: { type: 'permit', provision: [members] } });

  it('fhir-consent.md §5: class is resourceType or documentType', () => {
    expect(to5(rule({ class: [observation] })).resource['provision']).toEqual([
      { resourceType: [observation] },
    ]);
    expect(to5(rule({ class: [report] })).resource['provision']).toEqual([{ documentType: [report] }]);
    comesBackTo4(rule({ class: [observation] }));
    comesBackTo4(rule({ class: [report] }));
  });

  it('fhir-consent.md §5: a class of both kinds is carried whole', () => {
    expect(to5(rule({ class: [observation, report] })).resource).not.toHaveProperty(
      'provision[0].resourceType',
    );
    comesBackTo4(rule({ class: [observation, report] }));
  });

  it('fhir-consent.md §5: of resourceType and documentType one is class', () => {
    const provision = [{ resourceType: [observation], documentType: [report] }];
    expect(to4({ provision }).resource).toMatchObject({
      provision: { provision: [{ class: [observation] }] },
    });
    comesBackTo5({ provision });
  });

  it('fhir-consent.md §5: expression is carried', () => {
    comesBackTo5({ provision: [{ expression: { language: 'text/fhirpath', expression: 'true' } }] });
  });

  it.each([{ reference: to('Organization/h') }, { role: basis }])(
    'fhir-consent.md §5: an actor is completed for R4 and comes back as it was: %o',
    (actor) => {
      comesBackTo5({ provision: [{ actor: [actor] }] });
    },
  );
});

describe('trust', () => {
  const marker = { url: carrying('4.0', 'provision'), valueBoolean: true };
  const settings = { timezone: 'UTC', policyBases: {}, rootMeans: 'ambiguous', ownBases: [] } as const;

  it.each([
    ['of another value', { modifierExtension: [{ ...marker, valueBoolean: false }] }],
    ['over two rules', { modifierExtension: [marker], provision: [{ purpose }, { purpose }] }],
    ['that another decision contradicts', { modifierExtension: [marker], policyRule: optOut }],
  ])('a marker %s stays a modifier that nobody understands', (_, members) => {
    const { resource } = to4(members);
    expect(resource['modifierExtension']).toContainEqual(expect.objectContaining({ url: marker.url }));
  });

  const typed = { url: carrying('4.0', 'provision.type'), valueCode: 'permit' };
  it.each([
    ['a marker', { modifierExtension: [marker] }],
    ['a carried type', { provision: { type: 'permit', provision: [{ modifierExtension: [typed] }] } }],
  ])('%s in R4 cannot be understood in R5 either', (_, members) => {
    const filed = stored(to5(members).resource, 'a', '5.0');
    expect(readConsent(filed, settings).defects).toEqual([
      { reason: 'unreadable-consent', detail: 'it carries a modifier that is not understood' },
    ]);
  });

  it('a carried type that is no modifier says nothing where it would change the meaning', () => {
    const extension = [{ url: carrying('4.0', 'provision.type'), valueCode: 'permit' }];
    expect(to4({ provision: [{ purpose, extension }] }).resource).not.toHaveProperty(
      'provision.provision[0].type',
    );
  });

  it('extensions that carry elements of the version they stand in say nothing in the other', () => {
    const forged = { url: carrying('4.0', 'policy'), extension: [{ url: 'uri', valueUri: 'urn:a' }] };
    expect(to5({ extension: [forged] })).toEqual({ resource: r5({}), lossy: true });
  });
});
