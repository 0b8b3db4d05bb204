/** GET [base]/$versions: which FHIR versions this base speaks (fhir-consent.md §9). */
import type { Reply } from '../../base/endpoint.ts';
import type { Failure } from '../../base/failure.ts';
import { ok, type Result } from '../../base/result.ts';
import { parseAccept } from '../../fhir/media-type.ts';
import { fhirVersions } from '../../fhir/version.ts';
import { type FhirBase, usualVersion } from './base.ts';
import { presentationOf } from './presentation.ts';
import { fhirReply } from './represent.ts';
import type { FhirCall } from './wire.ts';

export function readVersions(
  base: FhirBase,
  call: Pick<FhirCall, 'headers' | 'query'>,
): Result<Reply, Failure> {
  const presentation = presentationOf(base, call);
  if (!presentation.ok) return presentation;
  const versions = base.version === 'negotiated' ? fhirVersions : [base.version];
  const usual = usualVersion(base);
  if (wantsPlainJson(call)) return ok({ status: 200, body: { versions, default: usual } });
  const parameter = [
    ...versions.map((version) => ({ name: 'version', valueCode: version })),
    { name: 'default', valueCode: usual },
  ];
  return ok(fhirReply(200, presentation.value, { resourceType: 'Parameters', parameter }));
}

/** The operation has an answer of its own for plain JSON (FHIR R4 CapabilityStatement-versions). */
const wantsPlainJson = ({ headers, query }: Pick<FhirCall, 'headers' | 'query'>): boolean =>
  !query.has('_format') && parseAccept(headers.get('accept') ?? '')[0]?.type === 'application/json';
