/** Which changes a body suffers, and what it is given in exchange. */
import fc from 'fast-check';
import type { Json } from '../../../src/base/json.ts';
import type { Mutation } from './mutate.ts';
import { anyText, anyValue } from './values.ts';

const memberNames = [
  ...['resourceType', 'id', 'meta', 'text', 'contained', 'extension', 'modifierExtension', '_status'],
  ...['status', 'fhir_comments', 'implicitRules', 'language', 'patient', 'subject', 'provision'],
  ...['decision', 'scope', 'category', 'policy', 'policyRule', 'identifier', 'sourceAttachment'],
  ...['sourceReference', 'period', 'purpose', 'actor', 'securityLabel', 'class', 'data', 'expression'],
  ...['valueDecimal'],
];
const kinds: readonly Mutation['kind'][] = ['delete', 'replace', 'double', 'wrap', 'unwrap', 'add', 'graft'];

/** Unusual and mostly legal, so that it gets further than to the door. */
const legal = fc.constantFrom(
  ...['é', '𝔘', 'a|b,c$', '%00', 'null', '__proto__', 'x'.repeat(300), '€'.repeat(9000), 'TREAT', 'R'],
  ...['active', 'permit', 'Patient/ann', 'Patient/bob', 'Organization/h'],
  ...['https://elsewhere.example/fhir/Organization/1/_history/2', 'urn:uuid:x', '2026', '2026-06-15'],
  ...['2026-06-15T12:00:00.123456789+14:00', '0001-01-01', '9999-12-31', '9999-12-31T23:59:59-12:00'],
);

/** `names` are those that members are given anew. */
export function mutationsWith(names: readonly string[]): fc.Arbitrary<readonly Mutation[]> {
  const name = fc.oneof(fc.constantFrom(...names), anyText);
  const mutation = (
    kind: fc.Arbitrary<Mutation['kind']>,
    value: fc.Arbitrary<Json>,
  ): fc.Arbitrary<Mutation> => fc.record({ kind, where: fc.nat(999), from: fc.nat(999), name, value });
  const said = mutation(
    fc.constant('say'),
    fc.oneof({ weight: 1, arbitrary: anyText }, { weight: 2, arbitrary: legal }),
  );
  return fc.oneof(
    {
      weight: 3,
      arbitrary: fc.array(mutation(fc.constantFrom(...kinds), anyValue), { minLength: 1, maxLength: 3 }),
    },
    { weight: 3, arbitrary: fc.array(said, { minLength: 1, maxLength: 2 }) },
    { weight: 2, arbitrary: fc.tuple(mutation(fc.constant('skew'), anyValue)) },
    { weight: 1, arbitrary: fc.tuple(said, mutation(fc.constant('delete'), anyValue)) },
  );
}

export const mutations = mutationsWith(memberNames);
