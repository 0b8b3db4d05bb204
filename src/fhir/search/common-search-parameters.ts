/** Search parameters that resources of every type have (FHIR R4 §3.1.1.5.1; fhir-consent.md §7). */
import { inBoth, path, type SearchParameter } from './search-parameter.ts';

export const commonSearchParameters: readonly SearchParameter[] = [
  {
    name: '_id',
    type: 'token',
    paths: inBoth([]),
    definition: inBoth('Resource-id'),
    column: 'id',
  },
  {
    name: '_lastUpdated',
    type: 'date',
    paths: inBoth([]),
    definition: inBoth('Resource-lastUpdated'),
    column: 'updated',
  },
  {
    name: '_profile',
    type: 'uri',
    paths: { R4: [path('meta', 'profile')] },
    definition: { R4: 'Resource-profile' },
  },
  {
    name: '_profile',
    type: 'reference',
    of: 'canonical',
    paths: { R5: [path('meta', 'profile')] },
    definition: { R5: 'Resource-profile' },
    targets: ['StructureDefinition'],
  },
  {
    name: '_security',
    type: 'token',
    paths: inBoth([path('meta', 'security')]),
    definition: inBoth('Resource-security'),
  },
  {
    name: '_source',
    type: 'uri',
    paths: inBoth([path('meta', 'source')]),
    definition: inBoth('Resource-source'),
  },
  {
    name: '_tag',
    type: 'token',
    paths: inBoth([path('meta', 'tag')]),
    definition: inBoth('Resource-tag'),
  },
  {
    name: '_language',
    type: 'token',
    paths: { R5: [path('language')] },
    definition: { R5: 'Resource-language' },
    system: 'urn:ietf:bcp:47',
  },
];
