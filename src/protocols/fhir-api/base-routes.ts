/** What a base tells of itself, to anyone (FHIR R4 §3.1.0.14; fhir-consent.md §9). */
import { anyone, type Endpoint, endpoint } from '../../base/endpoint.ts';
import { ok } from '../../base/result.ts';
import type { FhirApiDeps, FhirBase } from './base.ts';
import { capabilityStatement } from './capability-statement.ts';
import { nameFor } from './endpoint-name.ts';
import { presentationOf } from './presentation.ts';
import { fhirReply } from './represent.ts';
import { readVersions } from './versions.ts';
import { layoutQuery, resourceReply } from './wire.ts';

export const aboutTheBase = (deps: Pick<FhirApiDeps, 'issuer'>, base: FhirBase): readonly Endpoint[] => [
  endpoint({
    name: nameFor(base, 'Metadata'),
    method: 'get',
    path: `${base.path}/metadata`,
    summary: 'What this base serves',
    guard: anyone,
    query: layoutQuery,
    replies: { 200: resourceReply('a CapabilityStatement') },
    async handle(call) {
      const presentation = presentationOf(base, call);
      if (!presentation.ok) return presentation;
      const { version } = presentation.value;
      return ok(fhirReply(200, presentation.value, capabilityStatement(base, version, deps.issuer)));
    },
  }),
  endpoint({
    name: nameFor(base, 'Versions'),
    method: 'get',
    path: `${base.path}/$versions`,
    summary: 'The FHIR versions that this base speaks',
    guard: anyone,
    replies: { 200: resourceReply('Parameters, or plain JSON for whoever asks for that') },
    handle: async (call) => readVersions(base, call),
  }),
];
