/** What goes over the wire of the FHIR API, as the contract shows it; bodies are checked by their own schemas. */
import { z } from 'zod';
import type { Caller } from '../../access/caller.ts';
import type { BodySpec, Call, ReplySpec } from '../../base/endpoint.ts';
import { fhirJson } from '../../fhir/media-type.ts';
import type { Resource } from '../../fhir/resource.ts';

export type FhirCall<Params = unknown> = Call<Params, Resource, Caller>;

/** Members stay in the order they came. */
const anyResource = z.record(z.string(), z.unknown()).meta({ description: 'a FHIR resource' });

export const byId = z.object({ id: z.string() });
export const byVersion = z.object({ id: z.string(), version: z.string() });

const text = (description: string) => z.string().optional().meta({ description });

/** How an answer is to look. */
export const layoutQuery = z.object({
  _format: text('overrides Accept'),
  _pretty: text('`true`: indented'),
  _summary: z.enum(['true', 'text', 'data', 'count', 'false']).optional(),
  _elements: text('names of elements to show, with commas between'),
});

const listQuery = layoutQuery.extend({
  _count: text('how many at once, at most 200; 0 asks for the total alone'),
  _page: text('comes with the links of a result, alone'),
});

export const historyQuery = listQuery.extend({
  _since: text('versions stored at this instant or later'),
  _at: text('versions that were current at some time in this date or time'),
});

export const searchQuery = (parameters: readonly string[]) =>
  listQuery.extend({
    ...Object.fromEntries(parameters.map((name) => [name, z.string().optional()])),
    _sort: text('names to sort by, `-` for descending'),
    _total: z.enum(['none', 'estimate', 'accurate']).optional(),
    _include: text('`Consent:actor`: what is referred to comes along'),
    _revinclude: text('`AuditEvent:entity`: what refers to the matches comes along'),
  });

export const resourceReply = (description: string): ReplySpec => ({
  description,
  schema: anyResource,
  mediaType: fhirJson,
});

export const resourceBody = {
  as: 'json',
  mediaTypes: [fhirJson, 'application/json'],
  schema: anyResource,
} as const;

export const patchBody = {
  as: 'json',
  mediaTypes: ['application/json-patch+json'],
  schema: z
    .array(z.looseObject({ op: z.string(), path: z.string() }))
    .max(1000)
    .meta({ description: 'a JSON Patch (RFC 6902)' }),
} as const satisfies BodySpec;

/** Names may repeat, so that the pairs are kept. */
export const searchForm = {
  as: 'parameters',
  mediaTypes: ['application/x-www-form-urlencoded'],
  schema: z.array(z.tuple([z.string(), z.string()])),
  shown: z.record(z.string(), z.string()).meta({ description: 'search parameters, as in an address' }),
} as const satisfies BodySpec;
