/** Bodies that no honest client sends: refused with 4xx at every door, and nothing is decided or recorded. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desk, observation, openDesk, question } from './desk.ts';

let desk: Desk;

beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.service.stop());

const doors = () =>
  [
    [desk.asker, '/decisions'],
    [desk.asker, '/decisions/filter'],
    [desk.explainer, '/decisions/explain'],
  ] as const;

const good = JSON.stringify(question('ann'));
const withMember = (text: string): string => `${good.slice(0, -1)},${text}}`;
const nested = (depth: number): string =>
  withMember(
    `"candidates":[{"resourceType":"Observation","id":"a","x":${'['.repeat(depth)}${']'.repeat(depth)}}]`,
  );
const many = <Value>(count: number, one: (at: number) => Value): readonly Value[] =>
  Array.from({ length: count }, (_, at) => one(at));
const over = (given: object): string => JSON.stringify({ ...question('ann'), ...given });

describe.each<[string, string, number]>([
  ['larger than a mebibyte', withMember(`"x":"${'x'.repeat(1024 * 1024)}"`), 413],
  ['nested deeper than any resource', nested(100), 400],
  ['nested deep enough to exhaust the stack', nested(200_000), 400],
  ['that says a member twice', withMember('"purposes":["HRESCH"]'), 400],
  ['that says a member twice, once escaped', withMember('"purpose\\u0073":["HRESCH"]'), 400],
  ['with `__proto__`', withMember('"__proto__":{"purposes":["TREAT"]}'), 400],
  [
    'with `__proto__` in the requester',
    good.replace('"requester":{', '"requester":{"__proto__":{"type":"patient"},'),
    400,
  ],
  [
    'with `constructor` in a candidate',
    withMember('"candidates":[{"resourceType":"X","id":"a","constructor":{}}]'),
    400,
  ],
  ['with NUL in a string', over({ purposes: ['TREAT\0'] }), 400],
  ['with half a character', withMember('"x":"\\ud800"'), 400],
  ['with a number out of range', withMember('"x":1e999'), 400],
  ['that is no JSON', good.slice(1), 400],
  ['that is a list', `[${good}]`, 400],
  ['that is empty', '', 400],
  ['with a purpose longer than any code', over({ purposes: ['x'.repeat(129)] }), 400],
  ['with more purposes than there are', over({ purposes: many(21, String) }), 400],
  ['with more types than there are', over({ resourceTypes: many(201, () => 'Observation') }), 400],
  ['with a type that is none', over({ resourceTypes: ['__proto__'] }), 400],
  [
    'with more candidates than one request may carry',
    over({ candidates: many(1001, (at) => observation(`${at}`, 'N')) }),
    400,
  ],
  ['with candidates that are no resources', over({ candidates: [null, 1, 'x'] }), 400],
  [
    'with a requester of many roles',
    over({ requester: { type: 'client', roles: many(51, (at) => ({ code: `${at}` })) } }),
    400,
  ],
  ['with a reason as long as a book', over({ breakGlass: { reason: 'x'.repeat(2001) } }), 400],
])('a body %s', (_, body, expected) => {
  it(`is answered with ${expected}, and leaves no record`, async () => {
    const before = await desk.recorded();
    for (const [client, path] of doors()) {
      const { status, headers, text } = await client.post(path, body);
      expect([path, status]).toEqual([path, expected]);
      expect(headers.get('content-type')).toBe('application/problem+json');
      expect(text.length).toBeLessThan(20_000);
    }
    expect(await desk.recorded()).toBe(before);
    expect(desk.service.logged.filter((line) => line.startsWith('request.failed'))).toEqual([]);
  });
});

it('another media type is refused as such', async () => {
  const before = await desk.recorded();
  for (const [client, path] of doors()) {
    const { status } = await client.post(path, good, { 'content-type': 'text/plain' });
    expect([path, status]).toEqual([path, 415]);
  }
  expect(await desk.recorded()).toBe(before);
});

it('candidates whose elements have other shapes than theirs are judged, and never fail a door', async () => {
  const shapes = [null, 1, 'x', true, [], {}, [null], [[]], [{ coding: 'x' }], { coding: [{ code: {} }] }];
  const elements = [
    'meta',
    'code',
    'subject',
    'category',
    'author',
    'effectiveDateTime',
    'period',
    'contained',
  ];
  const candidates = shapes.flatMap((shape, at) =>
    elements.map((element) => ({ resourceType: 'Observation', id: `${element}-${at}`, [element]: shape })),
  );
  const odd = [
    ...candidates,
    { resourceType: 'toString', id: '' },
    { resourceType: 'Observation', id: 'm', meta: { security: [null] } },
  ];
  for (const [client, path] of doors()) {
    const { status, body } = await client.post(path, question('ann', { candidates: odd }));
    expect([path, status]).toEqual([path, 200]);
    expect(body.hidden).toHaveLength(odd.length);
  }
});
