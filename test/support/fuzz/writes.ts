/** Creates and updates, of bodies that were changed in places and of texts that were damaged. */
import fc from 'fast-check';
import type { Json } from '../../../src/base/json.ts';
import { directory, submission } from '../consent-corpus.ts';
import { r4Consents, r5Consents } from '../searched-consents.ts';
import { damaged, damages } from './damage.ts';
import { mediaType, someHeaders } from './headers.ts';
import { mutated } from './mutate.ts';
import { mutations } from './mutations.ts';
import { query } from './queries.ts';
import { base, type Fuzzed, id, limited, often, one } from './request.ts';

const rich: readonly Json[] = [
  {
    ...r4Consents[0],
    text: {
      status: 'generated',
      div: '<div xmlns="http://www.w3.org/1999/xhtml"><p class="a">told</p></div>',
    },
    contained: [{ resourceType: 'Organization', id: 'o', name: 'inside' }],
    organization: [{ reference: '#o' }],
  },
  ...r4Consents,
  ...r5Consents,
];
const submitted = fc.oneof(
  { weight: 3, arbitrary: submission('http://127.0.0.1', 'ann').map(({ resource }): Json => resource) },
  { weight: 2, arbitrary: one(...rich) },
  { weight: 1, arbitrary: one<Json>(...directory) },
);
const named = (body: Json, as: string): Json =>
  typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body, id: as } : body;

export const write = fc.record({
  as: limited,
  base,
  id,
  headers: someHeaders,
  media: mediaType,
  query,
  isUpdate: fc.boolean(),
  isFitting: often([true, 5], [false, 1]),
  isConditional: often([false, 4], [true, 1]),
});

const writing = (sent: fc.Arbitrary<string>): fc.Arbitrary<Fuzzed> =>
  fc.tuple(write, sent).map(([asked, body]): Fuzzed => {
    const type = /"resourceType":"(\w{1,20})"/.exec(body)?.[1] ?? 'Consent';
    const fitting = /"(subject|decision)":/.test(body) ? '/fhir/R5' : '/fhir/R4';
    const path = `${asked.isFitting ? fitting : asked.base}/${type}`;
    const headers = { 'content-type': asked.media, ...asked.headers };
    const whole = { as: asked.as, headers, body: body.replaceAll('{id}', asked.id) };
    if (!asked.isUpdate) return { ...whole, method: 'POST', path };
    return {
      ...whole,
      method: 'PUT',
      path: `${path}${asked.isConditional ? `?${asked.query}` : `/${asked.id}`}`,
    };
  });

export const bodies: fc.Arbitrary<Fuzzed> = writing(
  fc
    .tuple(
      submitted,
      fc.oneof({ weight: 5, arbitrary: mutations }, { weight: 1, arbitrary: fc.constant([]) }),
    )
    .map(([body, changes]) => JSON.stringify(mutated(named(body, '{id}'), changes))),
);

export const texts: fc.Arbitrary<Fuzzed> = fc
  .tuple(
    writing(
      fc
        .tuple(
          submitted,
          fc.oneof({ weight: 8, arbitrary: damages }, { weight: 1, arbitrary: fc.constant([]) }),
        )
        .map(([body, all]) => damaged(JSON.stringify(named(body, '{id}')), all)),
    ),
    fc.boolean(),
  )
  .map(([fuzzed, isBinary]) => ({ ...fuzzed, isBinary }));
