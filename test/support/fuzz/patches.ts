/** Patches, some sound, most not, and some that double what is there with every operation. */
import fc from 'fast-check';
import type { Json } from '../../../src/base/json.ts';
import { jsonPatch } from './headers.ts';
import { type Fuzzed, one } from './request.ts';
import { anyText, anyValue } from './values.ts';
import { write } from './writes.ts';

const pointers = [
  ...['/status', '/provision', '/provision/actor/0', '/provision/-', '/identifier', '/identifier/-'],
  ...['/category/0', '/meta', '/id', '/resourceType', '', '/', '/-', '/0', 'status', '/__proto__/a'],
  ...['/constructor/prototype/a', '/toString', '/a~2b', '/~', '/provision/provision/0/provision/0'],
  ...['/category/-1', '/category/01', '/category/99999999999', '/x'.repeat(3000)],
];

const pointer = fc.oneof({ weight: 6, arbitrary: one(...pointers) }, { weight: 1, arbitrary: anyText });
const operation: fc.Arbitrary<Json> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      op: one('add', 'add', 'replace', 'remove', 'move', 'copy', 'test', 'merge', '__proto__', ''),
      path: pointer,
      from: pointer,
      value: anyValue,
    }) as fc.Arbitrary<Json>,
  },
  { weight: 1, arbitrary: anyValue },
);
const sound = one<Json>(
  { op: 'replace', path: '/status', value: 'draft' },
  { op: 'add', path: '/identifier', value: [{ value: 'a' }] },
  { op: 'add', path: '/provision/-', value: { purpose: [{ code: 'TREAT' }] } },
  { op: 'copy', from: '/provision', path: '/provision/0/provision' },
  { op: 'move', from: '/identifier', path: '/identifier' },
  { op: 'remove', path: '/identifier' },
  { op: 'test', path: '/resourceType', value: 'Consent' },
);
/** Each copy doubles what is there. */
const bombs = [12, 30, 1000, 1001].map((length) =>
  Array.from({ length }, () => ({ op: 'copy', from: '', path: '/extension/-' })),
);

const patch = fc.oneof(
  { weight: 4, arbitrary: fc.array(operation, { maxLength: 4 }) },
  { weight: 4, arbitrary: fc.array(sound, { minLength: 1, maxLength: 4 }) },
  { weight: 4, arbitrary: fc.tuple(sound, operation).map((pair): Json => pair) },
  {
    weight: 1,
    arbitrary: one<Json>(
      ...bombs.map((bomb): Json => [{ op: 'add', path: '/extension', value: [] }, ...bomb]),
    ),
  },
  { weight: 1, arbitrary: anyValue },
);

export const patches: fc.Arbitrary<Fuzzed> = fc
  .tuple(write, patch)
  .map(
    ([{ as, base: at, id: which, headers, query: asked, isConditional, isFitting }, operations]): Fuzzed => {
      const path = isFitting ? '/fhir/R5/Consent/{own}' : `${at}/Consent/${which}`;
      return {
        as,
        method: 'PATCH',
        path: isConditional ? `${at}/Consent?${asked}` : path,
        headers: { 'content-type': jsonPatch, ...headers },
        body: JSON.stringify(operations),
      };
    },
  );
