/** A few hundred generated consents of four patients, and the directory around them, to be filed and searched. */
import fc from 'fast-check';
import type { JsonObject } from '../../src/base/json.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { usually, withoutAbsent } from './arbitrary-consents.ts';
import { convertible } from './convertible-consents.ts';

const named = (resourceType: string, id: string, rest: JsonObject = {}): Resource => ({
  resourceType,
  id,
  identifier: [{ system: 'urn:ids', value: id }, { value: `${resourceType}-${id}` }],
  ...rest,
});
const managedBy = (id: string): JsonObject => ({ managingOrganization: { reference: `Organization/${id}` } });

/** Under ids that consents refer to. */
export const directory: readonly Resource[] = [
  named('Patient', 'ann', managedBy('h')),
  named('Patient', 'bob', managedBy('c')),
  named('Patient', 'eve', managedBy('h')),
  named('Organization', 'h'),
  named('Organization', 'c'),
  named('Practitioner', 't'),
];

const patients = ['ann', 'bob', 'eve', 'not-on-file'] as const;

const elsewhere = { reference: 'https://elsewhere.example/fhir/Organization/9' };
const words = fc.constantFrom('Patient Consent', 'patient privacy', 'Überweisung');
const category = words.map((text) => ({
  coding: [{ system: 'urn:kinds', code: text.slice(0, 2), display: text }],
  text,
}));
const identifier = fc.constantFrom<JsonObject>(
  { system: 'urn:ids', value: 'A,1' },
  { system: 'urn:ids', value: 'A1$x' },
  { value: 'A1$x' },
  {
    system: 'urn:other',
    value: '7\\7',
    type: { coding: [{ system: 'urn:types', code: 'MR' }], text: 'Medical record' },
  },
  { system: 'urn:ids', value: '7', type: { text: 'medical' } },
);
const meta = fc
  .record({
    tag: usually(fc.constant([{ system: 'urn:tags', code: 'demo', display: 'Demo' }])),
    security: usually(fc.constant([{ system: 'urn:labels', code: 'R' }])),
    source: usually(fc.constantFrom('http://example.org/source', 'urn:source')),
  })
  .map((members): JsonObject => ({ versionId: '99', ...withoutAbsent(members) }));

const who = (issuer: string) =>
  fc.oneof(
    fc.constantFrom(...patients).map((id) => ({ reference: `Patient/${id}` })),
    fc.constantFrom(...patients).map((id) => ({ reference: `${issuer}/fhir/R5/Patient/${id}` })),
    fc.constantFrom('ann', 'bob').map((value) => ({ identifier: { system: 'urn:ids', value } })),
  );

export type Submission = { readonly release: 'R4' | 'R5'; readonly resource: Resource };

/** A consent as it is submitted to a server at this address, of anybody or of the patient given. */
export const submission = (issuer: string, patient?: string): fc.Arbitrary<Submission> =>
  fc
    .record({
      filed: convertible,
      about: patient === undefined ? who(issuer) : fc.constant({ reference: `Patient/${patient}` }),
      more: fc.record({
        meta: usually(meta),
        identifier: fc.option(fc.array(identifier, { minLength: 1, maxLength: 2 }), { nil: undefined }),
        category: usually(fc.array(category, { minLength: 1, maxLength: 2 })),
        organization: usually(fc.constant([elsewhere])),
      }),
    })
    .map(({ filed, about, more }): Submission => {
      const release = filed.fhirVersion === '5.0' ? 'R5' : 'R4';
      const { organization, ...rest } = withoutAbsent(more) as JsonObject;
      const subject = release === 'R5' ? 'subject' : 'patient';
      const keeper = release === 'R5' ? 'controller' : 'organization';
      return {
        release,
        resource: {
          ...filed.resource,
          ...rest,
          ...(organization === undefined ? {} : { [keeper]: organization }),
          [subject]: about,
        },
      };
    });
