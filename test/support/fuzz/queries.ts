/** The query of an address, or a form: criteria and controls, mostly well formed. */
import fc from 'fast-check';
import { encodedPart, one } from './request.ts';
import { chains, controls, modifiers, parameterNames, values } from './search-words.ts';
import { anyText } from './values.ts';

const written = fc.oneof({ weight: 4, arbitrary: one(...values) }, { weight: 2, arbitrary: anyText });
const criterion = fc
  .record({
    name: one(...parameterNames),
    modifier: fc.option(one(...modifiers), { nil: undefined, freq: 2 }),
    chain: fc.option(one(...chains), { nil: undefined, freq: 6 }),
    value: fc.array(written, { maxLength: 3 }),
  })
  .map(({ name, modifier, chain, value }): readonly [string, string] => [
    name + (modifier === undefined ? '' : `:${modifier}`) + (chain === undefined ? '' : `.${chain}`),
    value.join(','),
  ]);
const control = one(...Object.entries(controls)).chain(([name, list]) =>
  one(...list).map((value): readonly [string, string] => [name, value]),
);
const strange = fc.tuple(anyText, anyText);
const pairs = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: criterion },
    { weight: 3, arbitrary: control },
    { weight: 1, arbitrary: strange },
  ),
  { maxLength: 5 },
);

const rawQueries = [
  ...['%', '%zz', '%ff%fe', '%00=%00', '&&&', '=', '?', 'a=b=c', 'patient=%ED%A0%80'],
  ...['status=active;patient=ann', '+', 'status=active&'.repeat(600)],
];

/** Without the question mark; mostly well formed. */
export const query = fc.oneof(
  {
    weight: 12,
    arbitrary: pairs.map((list) => list.map((pair) => pair.map(encodedPart).join('=')).join('&')),
  },
  { weight: 1, arbitrary: one(...rawQueries) },
);
