/** The structure of Consent, element by element (fhir-consent.md §§1, 2, 4). */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { validateConsent } from '../../src/consent/validate-consent.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import type { FhirVersion } from '../../src/fhir/version.ts';

const concept = { coding: [{ system: 'urn:x', code: 'a' }] };
const coding = { system: 'urn:x', code: 'a' };
const recipient = { coding: [{ code: 'IRCP' }] };
const to = (reference: string) => ({ reference });

const provisionR4 = {
  type: 'permit',
  period: { start: '2020', end: '2021-05-01T10:00:00Z' },
  actor: [{ role: recipient, reference: to('Organization/1') }],
  action: [concept],
  securityLabel: [coding],
  purpose: [coding],
  class: [coding],
  code: [concept],
  dataPeriod: { end: '2022' },
  data: [{ meaning: 'related', reference: to('Observation/1') }],
};

/** Every element of §1. */
const fullR4: Resource = {
  resourceType: 'Consent',
  meta: { profile: ['http://example.org/p'], security: [coding], tag: [coding], source: 'urn:x' },
  language: 'en',
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">a</div>' },
  contained: [{ resourceType: 'Organization', id: 'o' }],
  extension: [{ url: 'urn:x', valueBoolean: true }],
  identifier: [{ use: 'official', system: 'urn:x', value: '1' }],
  status: 'active',
  scope: concept,
  category: [concept],
  patient: to('Patient/1'),
  dateTime: '2020-01-01',
  performer: [to('RelatedPerson/1'), to('#o')],
  organization: [to('Organization/1')],
  sourceReference: to('DocumentReference/1'),
  policy: [{ authority: 'urn:a', uri: 'urn:b' }],
  policyRule: concept,
  verification: [{ verified: true, verifiedWith: to('Patient/1'), verificationDate: '2020-01-01T10:00:00Z' }],
  provision: { ...provisionR4, provision: [provisionR4] },
};

const { type: _, class: __, ...sharedProvision } = provisionR4;
const provisionR5 = {
  ...sharedProvision,
  actor: [{ role: recipient }, { reference: to('CareTeam/1') }],
  documentType: [coding],
  resourceType: [coding],
  expression: { language: 'text/fhirpath', expression: 'true' },
};

/** Every element of §2. */
const fullR5: Resource = {
  resourceType: 'Consent',
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">a</div>' },
  identifier: [{ value: '1' }],
  status: 'active',
  category: [concept],
  subject: to('Patient/1'),
  date: '2020-01-01',
  period: { start: '2020' },
  grantor: [to('HealthcareService/1')],
  grantee: [to('CareTeam/1')],
  manager: [to('Organization/1')],
  controller: [to('Practitioner/1')],
  sourceAttachment: [{ contentType: 'application/pdf', data: 'aGk=', size: '2' }],
  sourceReference: [to('Contract/1')],
  regulatoryBasis: [concept],
  policyBasis: { reference: to('PlanDefinition/1'), url: 'http://example.org' },
  policyText: [to('DocumentReference/1')],
  verification: [
    {
      verified: false,
      verificationType: concept,
      verifiedBy: to('PractitionerRole/1'),
      verificationDate: ['2020', '2021'],
    },
  ],
  decision: 'deny',
  provision: [{ ...provisionR5, provision: [provisionR5] }],
};

const problems = (resource: JsonObject, version: FhirVersion) => {
  const result = validateConsent(resource as Resource, version);
  return result.ok ? [] : (result.failure.parts ?? []).map(({ code, pointer }) => `${code} ${pointer}`);
};

/** The resource with one element, named by its path, replaced or (undefined) taken away. */
function changed(resource: JsonObject, path: readonly (string | number)[], value: unknown): JsonObject {
  // Not structuredClone, which keeps one object shared where it was shared before.
  const copy = JSON.parse(JSON.stringify(resource)) as JsonObject;
  const last = path.at(-1) ?? '';
  const holder = path.slice(0, -1).reduce((at, step) => (at as never)[step] as JsonObject, copy) as Record<
    string,
    unknown
  >;
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return copy;
}

describe('every element there is', () => {
  it('of R4 and R4B is taken', () => {
    expect(problems(fullR4, '4.0')).toEqual([]);
    expect(problems(fullR4, '4.3')).toEqual([]);
  });

  it('of R5 is taken', () => {
    expect(problems(fullR5, '5.0')).toEqual([]);
  });
});

describe('lists', () => {
  const lists = {
    '4.0': ['identifier', 'category', 'performer', 'organization', 'policy', 'verification'],
    '5.0': [
      ...['identifier', 'category', 'grantor', 'grantee', 'manager', 'controller', 'sourceAttachment'],
      ...['sourceReference', 'regulatoryBasis', 'policyText', 'verification'],
    ],
  } as const;
  const rows = (['4.0', '5.0'] as const).flatMap((version) =>
    lists[version].map((name) => [version, name] as const),
  );

  it.each(rows)(
    '%s: %s holds as much as any form asks, and is not looked into beyond that',
    (version, name) => {
      const full = version === '5.0' ? fullR5 : fullR4;
      const items = full[name] as readonly unknown[];
      const filled = (count: number) => [...items, ...Array(count - items.length).fill(items[0])];
      expect(problems(changed(full, [name], filled(1000)), version)).toEqual([]);
      const tooLong = [`too-long Consent.${name}`];
      expect(problems(changed(full, [name], filled(1001)), version)).toEqual(tooLong);
      expect(problems(changed(full, [name], Array(1001).fill(7)), version)).toEqual(tooLong);
    },
  );
});

describe('cardinality', () => {
  it.each([
    ['4.0', ['status'], 'Consent.status'],
    ['4.0', ['scope'], 'Consent.scope'],
    ['4.0', ['category'], 'Consent.category'],
    ['4.0', ['verification', 0, 'verified'], 'Consent.verification[0].verified'],
    ['4.0', ['provision', 'actor', 0, 'role'], 'Consent.provision.actor[0].role'],
    ['4.0', ['provision', 'actor', 0, 'reference'], 'Consent.provision.actor[0].reference'],
    [
      '4.0',
      ['provision', 'provision', 0, 'data', 0, 'meaning'],
      'Consent.provision.provision[0].data[0].meaning',
    ],
    ['4.0', ['provision', 'data', 0, 'reference'], 'Consent.provision.data[0].reference'],
    ['5.0', ['status'], 'Consent.status'],
    ['5.0', ['verification', 0, 'verified'], 'Consent.verification[0].verified'],
    ['5.0', ['provision', 0, 'data', 0, 'meaning'], 'Consent.provision[0].data[0].meaning'],
  ] as const)('%s: %j is required', (version, path, pointer) => {
    const full = version === '5.0' ? fullR5 : fullR4;
    expect(problems(changed(full, path, undefined), version)).toEqual([`required ${pointer}`]);
  });

  it.each([
    ['4.0', ['patient'], [to('Patient/1')]],
    ['4.0', ['provision'], [provisionR4]],
    ['4.0', ['verification', 0, 'verificationDate'], ['2020']],
    ['4.0', ['category'], concept],
    ['4.0', ['sourceReference'], [to('Contract/1')]],
    ['5.0', ['provision'], provisionR5],
    ['5.0', ['verification', 0, 'verificationDate'], '2020'],
    ['5.0', ['sourceReference'], to('Contract/1')],
  ] as const)('%s: %j repeats, or does not', (version, path, value) => {
    const full = version === '5.0' ? fullR5 : fullR4;
    expect(problems(changed(full, path, value), version)[0]).toMatch(/^structure Consent\./);
  });

  it('R4: source[x] comes in one type', () => {
    const both = changed(fullR4, ['sourceAttachment'], { contentType: 'application/pdf' });
    expect(problems(both, '4.0')).toEqual(['structure Consent']);
  });
});

describe('what belongs to the other version', () => {
  it.each(['controller', 'decision', 'period', 'date', 'subject'])('%s is no element of R4', (name) => {
    expect(problems(changed(fullR4, [name], fullR5[name]), '4.0')).toEqual([`structure Consent.${name}`]);
  });

  it.each(['scope', 'policyRule', 'dateTime', 'patient', 'performer'])('%s is no element of R5', (name) => {
    expect(problems(changed(fullR5, [name], fullR4[name]), '5.0')).toEqual([`structure Consent.${name}`]);
  });

  it('type and class are none of an R5 provision, documentType none of an R4 one', () => {
    expect(problems(changed(fullR5, ['provision', 0, 'type'], 'deny'), '5.0')).toEqual([
      'structure Consent.provision[0].type',
    ]);
    expect(problems(changed(fullR5, ['provision', 0, 'class'], [coding]), '5.0')).toEqual([
      'structure Consent.provision[0].class',
    ]);
    expect(problems(changed(fullR4, ['provision', 'documentType'], [coding]), '4.0')).toEqual([
      'structure Consent.provision.documentType',
    ]);
  });
});

describe('required bindings (§4)', () => {
  it.each([
    ['4.0', ['status'], 'not-done'],
    ['5.0', ['status'], 'proposed'],
    ['5.0', ['status'], 'rejected'],
    ['4.0', ['provision', 'type'], 'allow'],
    ['5.0', ['decision'], 'allow'],
    ['4.0', ['provision', 'data', 0, 'meaning'], 'all'],
  ] as const)('%s: %j does not take %s', (version, path, value) => {
    const full = version === '5.0' ? fullR5 : fullR4;
    expect(problems(changed(full, path, value), version)[0]).toMatch(/^code-invalid /);
  });
});

describe('reference targets', () => {
  it.each([
    ['4.0', ['patient'], 'Group/1'],
    ['4.0', ['performer', 0], 'Device/1'],
    ['4.0', ['organization', 0], 'Practitioner/1'],
    ['4.0', ['sourceReference'], 'Binary/1'],
    ['4.0', ['provision', 'actor', 0, 'reference'], 'HealthcareService/1'],
    ['5.0', ['subject'], 'Organization/1'],
    ['5.0', ['grantor', 0], 'Device/1'],
    ['5.0', ['manager', 0], 'RelatedPerson/1'],
    ['5.0', ['policyText', 0], 'Binary/1'],
    ['5.0', ['verification', 0, 'verifiedBy'], 'Patient/1'],
  ] as const)('%s: %j does not refer to %s', (version, path, target) => {
    const full = version === '5.0' ? fullR5 : fullR4;
    expect(problems(changed(full, path, to(target)), version)[0]).toMatch(/^value Consent\./);
  });
});

describe('rules of ours', () => {
  const nested = (depth: number): JsonObject =>
    depth === 1 ? { type: 'deny' } : { type: 'permit', provision: [nested(depth - 1)] };

  it('take eight levels of provisions and no ninth (N-7)', () => {
    expect(problems(changed(fullR4, ['provision'], nested(8)), '4.0')).toEqual([]);
    const pointer = `business-rule Consent.provision${'.provision[0]'.repeat(8)}`;
    expect(problems(changed(fullR4, ['provision'], nested(9)), '4.0')).toEqual([pointer]);
    const failure = validateConsent(changed(fullR4, ['provision'], nested(9)) as Resource, '4.0');
    expect(failure).toMatchObject({ ok: false, failure: { kind: 'unprocessable' } });
  });

  it('want an R5 actor to be somebody (§2)', () => {
    const anybody = changed(fullR5, ['provision', 0, 'actor', 0], {
      extension: [{ url: 'urn:x', valueBoolean: true }],
    });
    expect(problems(anybody, '5.0')).toEqual(['business-rule Consent.provision[0].actor[0]']);
  });
});

describe('warnings', () => {
  const warnings = (resource: JsonObject, version: FhirVersion) => {
    const result = validateConsent(resource as Resource, version);
    return result.ok ? result.value.warnings.map(({ pointer }) => pointer) : result.failure;
  };

  it('R5: provisions without a decision (consent-1 of R6)', () => {
    expect(warnings(changed(fullR5, ['decision'], undefined), '5.0')).toEqual(['Consent.decision']);
  });

  it('R4: a provision of the type of the one around it (N-5)', () => {
    expect(warnings(fullR4, '4.0')).toEqual(['Consent.provision.provision[0].type']);
  });

  it('R4: a root without a type, of which its elements may be the limits or an exception (N-4)', () => {
    const policyRule = { coding: [{ code: 'OPTIN' }] };
    const untyped = changed(
      changed(fullR4, ['provision'], { purpose: [coding] }),
      ['policyRule'],
      policyRule,
    );
    expect(warnings(untyped, '4.0')).toEqual(['Consent.provision']);
    const only = { period: { start: '2026' }, provision: [{ type: 'deny' }] };
    expect(warnings(changed(untyped, ['provision'], only), '4.0')).toEqual([]);
  });

  it('a role that says nothing here (§4.9)', () => {
    const role = { coding: [{ code: 'JESTER' }] };
    expect(warnings(changed(fullR5, ['provision', 0, 'actor', 0, 'role'], role), '5.0')).toEqual([
      'Consent.provision[0].actor[0].role',
    ]);
  });

  it('what may turn the meaning round and is not understood (EV-3)', () => {
    const modifier = [{ url: 'urn:x', valueBoolean: true }];
    expect(warnings(changed(fullR5, ['modifierExtension'], modifier), '5.0')).toEqual([
      'Consent.modifierExtension',
    ]);
    expect(warnings(changed(fullR5, ['provision', 0, 'modifierExtension'], modifier), '5.0')).toEqual([
      'Consent.provision[0].modifierExtension',
    ]);
    expect(warnings(changed(fullR5, ['implicitRules'], 'urn:x'), '5.0')).toEqual(['Consent.implicitRules']);
  });

  it.each([
    ['actor', ['provision', 0, 'actor', 0], 'Consent.provision[0].actor[0]'],
    ['data', ['provision', 0, 'provision', 0, 'data', 0], 'Consent.provision[0].provision[0].data[0]'],
    ['verification', ['verification', 0], 'Consent.verification[0]'],
    ['policyBasis', ['policyBasis'], 'Consent.policyBasis'],
  ] as const)('a modifier of a %s (EV-3)', (_, path, pointer) => {
    const modifierExtension = [{ url: 'urn:x', valueBoolean: true }];
    const modified = changed(fullR5, [...path, 'modifierExtension'], modifierExtension);
    expect(warnings(modified, '5.0')).toEqual([`${pointer}.modifierExtension`]);
  });

  it('a modifier of what is contained (EV-3)', () => {
    const inner = {
      resourceType: 'Organization',
      id: 'o',
      modifierExtension: [{ url: 'urn:x', valueCode: 'a' }],
    };
    expect(warnings(changed(fullR4, ['contained', 0], inner), '4.0')).toContain(
      'Consent.contained[0].modifierExtension',
    );
  });

  it('a limit of a provision is understood, of anything else it is not (O-3)', () => {
    const codeableConcept = { coding: [{ system: 'urn:x', code: 'NORDSCLCD' }] };
    const extension = [{ url: 'control', valueCodeableConcept: codeableConcept }];
    const limit = [{ url: 'http://hl7.org/fhir/StructureDefinition/consent-provision-limit', extension }];
    expect(warnings(changed(fullR5, ['provision', 0, 'modifierExtension'], limit), '5.0')).toEqual([]);
    expect(warnings(changed(fullR5, ['modifierExtension'], limit), '5.0')).toEqual([
      'Consent.modifierExtension',
    ]);
  });

  it('what another version is carried by is understood', () => {
    const url = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-Consent.provision.resourceType';
    const carried = [{ url, valueCoding: coding }];
    expect(warnings(changed(fullR4, ['provision', 'modifierExtension'], carried), '4.0')).not.toContain(
      'Consent.provision.modifierExtension',
    );
  });

  it('a narrative that is missing (dom-6)', () => {
    expect(warnings(changed(fullR5, ['text'], undefined), '5.0')).toEqual(['Consent.text']);
  });

  it('R4: a scope that wants a patient, which strictness makes an error (ppc-2 to ppc-5)', () => {
    const system = 'http://terminology.hl7.org/CodeSystem/consentscope';
    for (const code of ['patient-privacy', 'research', 'adr', 'treatment']) {
      const scoped = changed(fullR4, ['scope'], { coding: [{ system, code }] });
      const orphan = changed(scoped, ['patient'], undefined);
      expect(warnings(scoped, '4.0')).not.toContain('Consent.patient');
      expect(warnings(orphan, '4.0')).toContain('Consent.patient');
      expect(validateConsent(orphan as Resource, '4.0', { strict: true })).toMatchObject({
        failure: { kind: 'malformed', parts: [{ code: 'invariant', pointer: 'Consent.patient' }] },
      });
    }
    const elsewhere = { coding: [{ system: 'something', code: 'adr' }] };
    expect(
      warnings(changed(changed(fullR4, ['scope'], elsewhere), ['patient'], undefined), '4.0'),
    ).not.toContain('Consent.patient');
  });
});
