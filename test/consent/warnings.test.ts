/** What an accepted consent is told: a provision that refuses where its writer may have meant a condition. */
import { describe, expect, it } from 'vitest';
import { convertConsent } from '../../src/consent/convert-consent.ts';
import { validateConsent } from '../../src/consent/validate-consent.ts';
import { warningsFor } from '../../src/consent/warnings.ts';
import type { Resource } from '../../src/fhir/resource.ts';

const purpose = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'TREAT' }];
const typeExtension = 'http://hl7.org/fhir/4.0/StructureDefinition/extension-Consent.provision.type';
const to = (reference: string) => ({ reference });

const r5 = (members: object): Resource => ({
  resourceType: 'Consent',
  status: 'active',
  category: [{ coding: [{ code: 'a' }] }],
  subject: to('Patient/ann'),
  decision: 'permit',
  ...members,
});

const pointers = (resource: Resource) => warningsFor(resource, '5.0').map(({ pointer }) => pointer);

describe('R5: purposes in an exception to a permit (consent-decisioning.md §11, case 45)', () => {
  it('are refused, and the writer is asked whether a condition was meant', () => {
    const result = validateConsent(r5({ provision: [{ purpose }] }), '5.0');
    expect(result).toMatchObject({ ok: true });
    expect(result.ok && result.value.warnings).toContainEqual({
      code: 'business-rule',
      detail:
        'with the decision `permit` this provision is an exception: it refuses the purposes it names; did you mean a condition?',
      pointer: 'Consent.provision[0]',
    });
  });

  it('are asked about one by one, with actors and actions or without', () => {
    const actor = [{ reference: to('Organization/1') }];
    const action = [{ coding: [{ code: 'access' }] }];
    const provision = [{ purpose }, { actor }, { purpose, actor, action, period: { start: '2026' } }];
    expect(pointers(r5({ provision }))).toEqual(['Consent.provision[0]', 'Consent.provision[2]']);
  });

  it.each([
    ['securityLabel', [{ code: 'R' }]],
    ['documentType', [{ code: 'a' }]],
    ['resourceType', [{ code: 'Observation' }]],
    ['code', [{ coding: [{ code: 'a' }] }]],
    ['dataPeriod', { start: '2026' }],
    ['data', [{ meaning: 'instance', reference: to('Observation/1') }]],
    ['expression', { language: 'text/fhirpath', expression: 'true' }],
  ])('are meant where the provision says which data: %s', (name, value) => {
    expect(pointers(r5({ provision: [{ purpose, [name]: value }] }))).toEqual([]);
  });

  it('are permitted below a deny, and two levels down turned round once more', () => {
    expect(pointers(r5({ decision: 'deny', provision: [{ purpose }] }))).toEqual([]);
    expect(pointers(r5({ provision: [{ actor: [], provision: [{ purpose }] }] }))).toEqual([]);
    expect(pointers(r5({ decision: undefined, provision: [{ purpose }] }))).toEqual([]);
  });

  it('are meant where the provision says its own type', () => {
    const modifierExtension = [{ url: typeExtension, valueCode: 'permit' }];
    expect(pointers(r5({ provision: [{ purpose, modifierExtension }] }))).not.toContain(
      'Consent.provision[0]',
    );
  });

  it('are conditions in an R4 root, also in the shape of R5', () => {
    const r4: Resource = {
      resourceType: 'Consent',
      status: 'active',
      scope: { coding: [{ code: 'patient-privacy' }] },
      category: [{ coding: [{ code: 'a' }] }],
      patient: to('Patient/ann'),
      policyRule: { coding: [{ code: 'OPTIN' }] },
      provision: { type: 'permit', purpose },
    };
    expect(warningsFor(r4, '4.0')).toEqual([]);
    const converted = convertConsent(r4, '4.0', '5.0');
    expect(converted?.resource['decision']).toBe('permit');
    expect(converted && pointers(converted.resource as Resource)).toEqual([]);
    const typeless = convertConsent({ ...r4, provision: { purpose } }, '4.0', '5.0');
    expect(typeless?.resource['decision']).toBe('permit');
    expect(typeless && pointers(typeless.resource as Resource)).not.toContain('Consent.provision[0]');
  });
});
