/** Generated filters of every atom there is, about what the generated resources say. */
import fc from 'fast-check';
import { asInstant } from '../../src/base/instant.ts';
import { type Atom, allOf, anyOf, type Filter, negate } from '../../src/decision/filter.ts';
import { codeSystems } from '../../src/fhir/coding.ts';
import { readExpression } from '../../src/fhir/expression.ts';
import { confidentialityOrder } from '../../src/labeling/vocabulary.ts';
import {
  clinicalCodes,
  documentTypes,
  encounters,
  everyLabel,
  practitioners,
  profiles,
  types,
} from './arbitrary-resources.ts';

const day = (text: string) => asInstant(Date.parse(`${text}T00:00:00Z`));
const some = <T>(of: readonly T[]) => fc.subarray([...of], { minLength: 1, maxLength: 2 });
const actCodes = ['MH', 'PSY', 'SUD', '42CFRPart2'].map((code) => ({ system: codeSystems.actCode, code }));

const within = fc.constantFrom(
  { start: day('2022-01-01'), end: asInstant(day('2023-01-01') - 1) },
  { start: day('2022-01-01') },
  { end: day('2022-01-01') },
  {},
);
const expression = readExpression({ language: 'text/fhirpath', expression: 'code.exists()' });

const atoms: Readonly<Record<Atom['kind'], fc.Arbitrary<Atom>>> = {
  confidentiality: fc.record({
    kind: fc.constant('confidentiality' as const),
    bound: fc.constantFrom('at-most' as const, 'at-least' as const),
    code: fc.constantFrom(...confidentialityOrder),
  }),
  label: some([...actCodes, ...everyLabel.slice(-2)]).map((any) => ({ kind: 'label', anyOf: any })),
  use: fc
    .tuple(fc.subarray(['TREAT', 'HRESCH', 'BTG'], { maxLength: 2 }), fc.subarray(['HRESCH']))
    .map(([purposes, explicitOnly]) => ({ kind: 'use', purposes, explicitOnly })),
  type: some(types).map((any) => ({ kind: 'type', anyOf: any })),
  profile: some(profiles).map((any) => ({ kind: 'profile', anyOf: any })),
  'document-type': some(documentTypes).map((any) => ({ kind: 'document-type', anyOf: any })),
  code: some(clinicalCodes).map((any) => ({ kind: 'code', anyOf: any })),
  date: within.map((period) => ({ kind: 'date', within: period })),
  id: fc
    .tuple(some(types), fc.integer({ min: 0, max: 60 }), fc.constantFrom(undefined, '1'))
    .map(([of, at, version]) => ({
      kind: 'id',
      anyOf: of.map((type) => `${type}/${type.charAt(0).toLowerCase()}${at}`),
      ...(version === undefined ? {} : { version }),
    })),
  'refers-to': fc
    .tuple(some(encounters), fc.constantFrom('any' as const, 'context' as const))
    .map(([any, through]) => ({ kind: 'refers-to', anyOf: any, through })),
  author: some([...practitioners, 'urn:npi|17']).map((any) => ({ kind: 'author', anyOf: any })),
  expression: fc.constant(
    expression ? { kind: 'expression', expression, request: {} } : { kind: 'unknown', why: 'a test' },
  ),
  unknown: fc.constant({ kind: 'unknown', why: 'a test' }),
};

/** Leaving the kinds out that are named. */
export function filterOf(...without: readonly Atom['kind'][]): fc.Arbitrary<Filter> {
  const kinds = Object.entries(atoms).filter(([kind]) => !without.some((each) => each === kind));
  const atom = fc.oneof(...kinds.map(([, each]) => each));
  return fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc
        .tuple(fc.constantFrom('is' as const, 'not' as const), atom)
        .map(([op, each]) => ({ op, atom: each })),
      fc.array(tie('filter'), { maxLength: 3 }).map(allOf),
      fc.array(tie('filter'), { maxLength: 3 }).map(anyOf),
      tie('filter').map(negate),
    ),
  })).filter;
}
