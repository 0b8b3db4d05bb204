/** What goes over the wire of the FHIR API, as the contract shows it; bodies are checked by their own schemas. */
import { z } from 'zod';
import type { Caller } from '../../access/caller.ts';
import type { Call, ReplySpec } from '../../base/endpoint.ts';
import { fhirJson } from '../../fhir/media-type.ts';
import type { Resource } from '../../fhir/resource.ts';

export type FhirCall<Params = unknown> = Call<Params, Resource, Caller>;

/** Members stay in the order they came. */
const anyResource = z.record(z.string(), z.unknown()).meta({ description: 'a FHIR resource' });

export const byId = z.object({ id: z.string() });
export const byVersion = z.object({ id: z.string(), version: z.string() });

export const listQuery = z.object({
  _count: z.string().optional().meta({ description: 'how many at once; 0 asks for the total alone' }),
  _page: z.string().optional().meta({ description: 'comes with the links of a result' }),
  _format: z.string().optional().meta({ description: 'overrides Accept' }),
});

export const searchQuery = (parameters: readonly string[]) =>
  listQuery.extend({
    ...Object.fromEntries(parameters.map((name) => [name, z.string().optional()])),
    _summary: z.enum(['count', 'false']).optional(),
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
