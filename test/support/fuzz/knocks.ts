/** Requests with JSON: good ones that were changed, texts that were damaged, and paths and methods that nobody serves. */
import fc from 'fast-check';
import type { Json } from '../../../src/base/json.ts';
import { damaged, damages } from './damage.ts';
import { askingDoors, type Door, umaDoors } from './door-bodies.ts';
import { forms } from './forms.ts';
import { headers, type Knock, mediaTypes, mutations, orNone } from './knock.ts';
import { mutated } from './mutate.ts';
import { often, one } from './request.ts';
import { anyValue } from './values.ts';

const somebody = (usual: Knock['as']): fc.Arbitrary<Knock['as']> =>
  often<Knock['as']>(
    [usual, 40],
    ['explainer', 2],
    ['server', 2],
    ['asker', 2],
    ['stranger', 1],
    ['forger', 1],
  );

const knocking = (doors: readonly Door[], text: (body: Json) => fc.Arbitrary<string>): fc.Arbitrary<Knock> =>
  one(...doors).chain(([usual, method, path, body]) =>
    fc
      .record({ as: somebody(usual), media: mediaTypes('application/json'), headers, body: text(body) })
      .map(({ media, ...knock }) => ({
        ...knock,
        method,
        path,
        headers: { 'content-type': media, ...knock.headers },
      })),
  );

const changedBody = (body: Json): fc.Arbitrary<string> =>
  orNone(mutations).map((changes) => JSON.stringify(mutated(body, changes)));

export const askings = knocking(askingDoors, changedBody);
export const protections = knocking(umaDoors, changedBody);

export const garbage: fc.Arbitrary<Knock> = fc
  .tuple(
    knocking([...askingDoors, ...umaDoors], (body) =>
      fc.oneof(
        { weight: 4, arbitrary: damages.map((all) => damaged(JSON.stringify(body), all)) },
        { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
      ),
    ),
    fc.boolean(),
  )
  .map(([knock, isBinary]) => ({ ...knock, isBinary }));

const paths = [
  ...askingDoors.map(([, , path]) => path),
  ...umaDoors.map(([, , path]) => path),
  ...forms.map(([path]) => path),
  ...[
    '/uma/resources/{foreign}',
    '/oauth/jwks',
    '/cds-services',
    '/access/v1',
    '/.well-known/uma2-configuration',
  ],
];

export const wanderings: fc.Arbitrary<Knock> = fc
  .record({
    as: often<Knock['as']>(['asker', 2], ['server', 2], ['stranger', 1], ['forger', 1]),
    method: one('GET', 'GET', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'BREW', 'get'),
    path: one(...paths),
    more: often(
      ['', 6],
      ['/', 1],
      ['/%00', 1],
      ['/..%2f', 1],
      ['?%ff=%', 1],
      [`/${'a'.repeat(9000)}`, 1],
      ['%', 1],
    ),
    headers,
    body: anyValue,
  })
  .map(
    ({ as, method, path, more, headers: sent, body }): Knock => ({
      as,
      method,
      path: `${path}${more}`,
      headers: sent,
      ...(['GET', 'get', 'HEAD'].includes(method) ? {} : { body: JSON.stringify(body) }),
    }),
  );
