/** Resources are cut out of what holds them as they are written. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutResources } from '../../../src/runtime/transfer/cut-resources.ts';

const texts = (text: string) => cutResources(text, 1).cuts.map((cut) => cut.text);

describe('a Bundle', () => {
  it('gives each resource as it is written, digits and all', () => {
    const resource = '{ "resourceType":"Patient", "x": 1.10, "s": "}]\\"{" }';
    const text = `{"resourceType":"Bundle","entry":[{"resource":${resource}},{"fullUrl":"a","resource":{}}]}`;
    expect(texts(text)).toEqual([resource, '{}']);
    expect(JSON.parse(cutResources(text, 1).shell)).toEqual({
      resourceType: 'Bundle',
      entry: [{ resource: null }, { fullUrl: 'a', resource: null }],
    });
  });

  it('tells the line of each', () => {
    const text = '{\n"entry": [\n{"resource": {\n"a": 1}},\n{"resource": {}}],\n oops }';
    const { cuts } = cutResources(text, 10);
    expect(cuts.map(({ line }) => line)).toEqual([12, 14]);
  });

  it('is seen through escapes in its names, and not mistaken for what only looks alike', () => {
    expect(texts('{"\\u0065ntry":[{"r\\u0065source":{}}]}')).toEqual(['{}']);
    const others = [
      '{"entry":{"resource":{}}}',
      '{"other":[{"resource":{}}]}',
      '{"entry":[{"item":{"resource":{}}}]}',
      '{"entry":[[{"resource":{}}]]}',
      '{"x":{"entry":[{"resource":{}}]}}',
      '{"entry":[{"a":"resource","b":{}}]}',
    ];
    expect(others.flatMap(texts)).toEqual([]);
  });

  it('that breaks off leaves a shell that is no JSON', () => {
    for (const text of [
      '{"entry":[{"resource":{"a":1}',
      '{"entry":[{"resource":{"a":',
      '{"entry":[{"resource":{"a":"',
    ])
      expect(() => JSON.parse(cutResources(text, 1).shell)).toThrow(SyntaxError);
  });
});

it('a list gives its items', () => {
  expect(texts('[{"a":[{}]}, {"b":{}},1]')).toEqual(['{"a":[{}]}', '{"b":{}}']);
});

it('what was cut out and what is left make up the whole, whatever JSON it is', () => {
  const entry = fc.record({ fullUrl: fc.string(), resource: fc.dictionary(fc.string(), fc.jsonValue()) });
  fc.assert(
    fc.property(fc.array(entry), fc.constantFrom(undefined, 1, '\t'), (entries, space) => {
      const { cuts, shell } = cutResources(
        JSON.stringify({ before: {}, entry: entries }, undefined, space),
        1,
      );
      expect(cuts.map(({ text }) => JSON.parse(text))).toEqual(
        entries.map(({ resource }) => JSON.parse(JSON.stringify(resource))),
      );
      expect(JSON.parse(shell)).toEqual({
        before: {},
        entry: entries.map(({ fullUrl }) => ({ fullUrl, resource: null })),
      });
    }),
    { numRuns: 200 },
  );
});
