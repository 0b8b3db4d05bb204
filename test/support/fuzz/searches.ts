/** Searches, by address, by form and in a compartment, and histories. */
import fc from 'fast-check';
import { someHeaders } from './headers.ts';
import { query } from './queries.ts';
import { anybody, base, type Fuzzed, id, one, type } from './request.ts';

export const searching: fc.Arbitrary<Fuzzed> = fc
  .record({
    as: anybody,
    base,
    type,
    id,
    query,
    form: query,
    headers: someHeaders,
    kind: one('get', 'get', 'get', 'post', 'compartment', 'history', 'versions'),
  })
  .map(({ as, base: at, type: of, id: which, query: asked, form, headers, kind }): Fuzzed => {
    if (kind === 'post')
      return {
        as,
        method: 'POST',
        path: `${at}/${of}/_search?${asked}`,
        headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        body: form,
      };
    const paths = {
      get: of,
      compartment: `Patient/${which}/${of}`,
      history: `${of}/_history`,
      versions: `${of}/${which}/_history`,
    };
    return { as, method: 'GET', path: `${at}/${paths[kind as keyof typeof paths]}?${asked}`, headers };
  });
