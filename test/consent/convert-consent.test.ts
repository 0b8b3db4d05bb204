/** Each row of fhir-consent.md §5 about what surrounds the rules, there and back. */
import { describe, expect, it } from 'vitest';
import { partiesToR4, partiesToR5 } from '../../src/consent/conversion/parties.ts';
import { convertConsent } from '../../src/consent/convert-consent.ts';
import {
  basis,
  carrying,
  comesBackTo4,
  comesBackTo5,
  loinc,
  optOut,
  r4,
  r5,
  scope,
  to,
  to4,
  to5,
} from './conversions.ts';

describe('versions', () => {
  it('fhir-consent.md §5: R4 and R4B share one shape', () => {
    const resource = r4({});
    expect(convertConsent(resource, '4.0', '4.3')).toEqual({ resource, lossy: false });
    expect(convertConsent(resource, '4.3', '5.0')).toEqual(convertConsent(resource, '4.0', '5.0'));
  });

  it('fhir-consent.md §5: a plain consent becomes a plain one', () => {
    expect(to5({})).toEqual({ resource: r5({}), lossy: false });
    expect(to4({})).toEqual({ resource: r4({}), lossy: false });
  });
});

describe('scope and category', () => {
  it('fhir-consent.md §5: scope becomes a category with the same coding', () => {
    expect(to5({}).resource['category']).toEqual([scope, loinc]);
  });

  it('fhir-consent.md §5: the first consentscope coding in category becomes scope, the others stay', () => {
    const research = { coding: [{ ...scope.coding[0], code: 'research' }] };
    expect(to4({ category: [loinc, research, scope] }).resource).toMatchObject({
      scope: research,
      category: [loinc, scope],
    });
  });

  it('fhir-consent.md §5: without one, scope is patient-privacy and category LOINC 59284-0, and both go again', () => {
    const { resource } = to4({ category: undefined });
    expect(resource).toMatchObject({ scope, category: [loinc] });
    expect(convertConsent(resource, '4.0', '5.0')?.resource['category']).toBeUndefined();
  });

  it('fhir-consent.md §5: a scope of another code system comes back as scope', () => {
    comesBackTo4({ scope: { coding: [{ system: 'urn:x', code: 'a' }] }, category: [scope] });
  });
});

describe('patient and date', () => {
  it('fhir-consent.md §5: patient becomes subject', () => {
    expect(to5({}).resource).toMatchObject({ subject: to('Patient/ann') });
  });

  it.each(['Practitioner/p', 'Group/g'])(
    'fhir-consent.md §5: a consent of %s cannot be said in R4',
    (subject) => {
      expect(convertConsent(r5({ subject: to(subject) }), '5.0', '4.0')).toBeUndefined();
    },
  );

  it('fhir-consent.md §5: dateTime is truncated to date, and comes back whole', () => {
    const dateTime = '2026-01-01T23:30:00-05:00';
    expect(to5({ dateTime }).resource['date']).toBe('2026-01-01');
    comesBackTo4({ dateTime });
    comesBackTo4({ dateTime: '2026-01', _dateTime: { id: 'a' } });
  });

  it.each(['2026-01-01T23:30:00Z', '2026-01-01'])(
    'fhir-consent.md §5: what looks carried in R4 already does not speak in R5: %s',
    (dateTime) => {
      const [looksCarried] = (
        to5({ dateTime: '2026-01-01T10:00:00Z' }).resource['_date'] as { extension: object[] }
      ).extension;
      const { resource } = to5({
        dateTime,
        _dateTime: { extension: [looksCarried, { url: 'urn:x', valueCode: 'y' }] },
      });
      const back = convertConsent(resource, '5.0', '4.0')?.resource;
      expect(back?.['dateTime']).toBe(dateTime);
      expect(back?.['_dateTime']).toEqual({ extension: [{ url: 'urn:x', valueCode: 'y' }] });
    },
  );

  it('fhir-consent.md §5: a dateTime that its date has moved away from is forgotten', () => {
    const { resource } = to5({ dateTime: '2026-01-01T23:30:00Z' });
    const moved = { ...resource, date: '2026-02-02' };
    expect(convertConsent(moved, '5.0', '4.0')?.resource['dateTime']).toBe('2026-02-02');
  });
});

describe('parties', () => {
  it('fhir-consent.md §5: performer is the grantor', () => {
    expect(to5({ performer: [to('Patient/ann')] }).resource['grantor']).toEqual([to('Patient/ann')]);
    comesBackTo4({ performer: [to('Patient/ann')] });
  });

  it('fhir-consent.md §5: a grantor that R4 knows no performer for is carried as a modifier', () => {
    const { resource } = to4({ grantor: [to('CareTeam/c')] });
    expect(resource['modifierExtension']).toEqual([
      { url: carrying('5.0', 'grantor'), valueReference: to('CareTeam/c') },
    ]);
    comesBackTo5({ grantor: [to('CareTeam/c')] });
  });

  it('fhir-consent.md §5: organization is manager, and controller where none is known', () => {
    const organization = [to('Organization/h')];
    expect(to5({ organization }).resource).toMatchObject({ manager: organization, controller: organization });
    comesBackTo4({ organization });
    const controller = { url: carrying('5.0', 'controller'), valueReference: to('Organization/c') };
    expect(to5({ organization, extension: [controller] }).resource).toMatchObject({
      manager: organization,
      controller: [to('Organization/c')],
    });
  });

  it('fhir-consent.md §5: manager and controller are organization, and each themselves again', () => {
    const keepers = { manager: [to('Organization/h')], controller: [to('Organization/c')] };
    expect(to4(keepers).resource['organization']).toEqual([to('Organization/h'), to('Organization/c')]);
    comesBackTo5(keepers);
    comesBackTo5({ manager: [to('Organization/h')] });
    comesBackTo5({ controller: [to('Practitioner/p')] });
  });

  it('fhir-consent.md §5: grantee is carried as FAST carries it', () => {
    expect(to4({ grantee: [to('Organization/g')] }).resource['extension']).toEqual([
      { url: carrying('5.0', 'grantee'), valueReference: to('Organization/g') },
    ]);
    comesBackTo5({ grantee: [to('Organization/g')] });
  });
});

describe('many parties', () => {
  /** Organizations in a row, and how often any of them was looked at. */
  function counted(count: number, from: number) {
    const seen = { times: 0 };
    const parties = Array.from({ length: count }, (_, at) => ({
      get reference() {
        seen.times += 1;
        return `Organization/${from + at}`;
      },
    }));
    return { seen, parties };
  }

  it.each([
    ['R4', partiesToR4, 'manager', 'controller'],
    ['R5', partiesToR5, 'manager', 'organization'],
  ] as const)('are each looked at a few times on the way to %s', (_, convert, one, other) => {
    const [these, those] = [counted(1000, 0), counted(1000, 500)];
    convert({ [one]: these.parties, [other]: those.parties, controller: those.parties });
    expect(these.seen.times + those.seen.times).toBeLessThan(2000 * 20);
  });

  it('in whatever order their members stand, one party is one organization', () => {
    const party = { reference: 'Organization/h', identifier: { system: 'urn:x', value: '1' } };
    const turned = { identifier: { value: '1', system: 'urn:x' }, reference: 'Organization/h' };
    const other = to('Organization/o');
    const { organization } = to4({ manager: [party, other], controller: [turned, other, other] }).resource;
    expect(organization).toEqual([party, other]);
  });
});

describe('sources and policies', () => {
  it('fhir-consent.md §5: source[x] is the one source, its size a number there and a string here', () => {
    const sourceAttachment = { contentType: 'application/pdf', url: 'http://example.org/a', size: 3 };
    expect(to5({ sourceAttachment }).resource['sourceAttachment']).toEqual([
      { ...sourceAttachment, size: '3' },
    ]);
    comesBackTo4({ sourceAttachment });
    comesBackTo4({ sourceReference: to('Contract/c') });
  });

  it('fhir-consent.md §5: of several sources R4 keeps the first, and the loss is recorded', () => {
    const sourceReference = [to('Contract/a'), to('Contract/b')];
    expect(to4({ sourceReference })).toMatchObject({
      lossy: true,
      resource: { sourceReference: to('Contract/a') },
    });
    comesBackTo5({ sourceReference });
    const document = { contentType: 'application/pdf', url: 'http://example.org/a' };
    expect(to4({ sourceAttachment: [document, document] })).toMatchObject({
      lossy: true,
      resource: { sourceAttachment: document },
    });
  });

  it.each([{ pages: 2 }, { size: '2147483648' }])(
    'fhir-consent.md §5: what R4 cannot say of an attachment is a loss: %o',
    (more) => {
      const document = { contentType: 'application/pdf', url: 'http://example.org/a' };
      expect(to4({ sourceAttachment: [{ ...document, ...more }] })).toMatchObject({
        lossy: true,
        resource: { sourceAttachment: document },
      });
    },
  );

  it('fhir-consent.md §5: policy.uri is policyBasis.url, and what more there is comes back', () => {
    const policy = [{ uri: 'urn:a', authority: 'urn:b' }, { uri: 'urn:c' }];
    expect(to5({ policy }).resource['policyBasis']).toMatchObject({ url: 'urn:a' });
    comesBackTo4({ policy });
    comesBackTo5({ policyBasis: { url: 'urn:a', reference: to('PlanDefinition/p') } });
    comesBackTo5({ policyText: [to('DocumentReference/d')] });
  });

  it('fhir-consent.md §5: policyRule is the regulatory basis, unless it opts in or out', () => {
    expect(to5({}).resource['regulatoryBasis']).toEqual([basis]);
    const { resource } = to5({ policyRule: optOut, provision: { period: { start: '2026' } } });
    expect(resource).toMatchObject({ decision: 'deny', period: { start: '2026' } });
    expect(resource).not.toHaveProperty('regulatoryBasis');
    comesBackTo4({ policyRule: optOut, provision: undefined });
    comesBackTo4({ policyRule: optOut, provision: { type: 'permit' } });
    comesBackTo5({ regulatoryBasis: [basis, optOut] });
    comesBackTo5({ regulatoryBasis: [optOut] });
  });

  it.each([
    ['permit', 'OPTIN'],
    ['deny', 'OPTOUT'],
  ])(
    'fhir-consent.md §5: where ppc-1 would fail, a decision to %s is policyRule %s as well',
    (decision, code) => {
      const { resource } = to4({ decision, regulatoryBasis: undefined });
      expect(resource).toMatchObject({ policyRule: { coding: [{ code }] }, provision: { type: decision } });
      expect(convertConsent(resource, '4.0', '5.0')?.resource).toEqual(
        JSON.parse(JSON.stringify(r5({ decision, regulatoryBasis: undefined }))),
      );
    },
  );
});

describe('status and verification', () => {
  it.each([
    ['proposed', 'draft'],
    ['rejected', 'inactive'],
    ['entered-in-error', 'entered-in-error'],
  ])('fhir-consent.md §5: status %s of R4 is %s, and itself again', (status, other) => {
    expect(to5({ status }).resource['status']).toBe(other);
    comesBackTo4({ status, _status: { id: 'a' } });
  });

  it.each([
    ['not-done', 'rejected'],
    ['unknown', 'inactive'],
  ])('fhir-consent.md §5: status %s of R5 is %s, and itself again', (status, other) => {
    expect(to4({ status }).resource['status']).toBe(other);
    comesBackTo5({ status });
  });

  it('fhir-consent.md §5: a status that was changed since stays as it is', () => {
    const activated = { ...to5({ status: 'proposed' }).resource, status: 'active' };
    expect(convertConsent(activated, '5.0', '4.0')?.resource['status']).toBe('active');
  });

  it('fhir-consent.md §5: verificationDate is the first of several, and nothing of a verification is lost', () => {
    const verification = [{ verified: true, verificationDate: '2026-01-01' }];
    expect(to5({ verification }).resource['verification']).toEqual([
      { verified: true, verificationDate: ['2026-01-01'] },
    ]);
    comesBackTo4({ verification });
    comesBackTo5({
      verification: [
        {
          verified: false,
          verificationType: basis,
          verifiedBy: to('Practitioner/p'),
          verificationDate: [null, '2026'],
          _verificationDate: [{ extension: [{ url: 'urn:x', valueCode: 'unknown' }] }, null],
        },
      ],
    });
  });
});
