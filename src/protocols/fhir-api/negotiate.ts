/** In which FHIR version a request speaks and wants its answer (fhir-consent.md §9). */
import type { Failure } from '../../base/failure.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { fhirJson, type MediaType, mendPlus, parseAccept, parseMediaType } from '../../fhir/media-type.ts';
import { type FhirVersion, fhirVersions, isFhirVersion } from '../../fhir/version.ts';
import { type FhirBase, usualVersion } from './base.ts';

type Asked = { readonly headers: Headers; readonly query: URLSearchParams };

/** The version of an answer; `body` is the version of what was sent, where something was. */
export function answerVersion(
  base: FhirBase,
  asked: Asked,
  body?: FhirVersion,
): Result<FhirVersion, Failure> {
  const usual = base.version === 'negotiated' && body ? body : usualVersion(base);
  const offered = base.version === 'negotiated' ? fhirVersions : [usual];
  for (const range of acceptedRanges(asked)) {
    if (!jsonRanges.has(range.type)) continue;
    const wanted = range.parameters['fhirversion'] ?? usual;
    if (isFhirVersion(wanted) && offered.includes(wanted)) return ok(wanted);
  }
  return err(notAcceptable(offered));
}

/** The version a body is written in; its media type was checked before. */
export function bodyVersion(base: FhirBase, headers: Headers): Result<FhirVersion, Failure> {
  const usual = usualVersion(base);
  const said = parseMediaType(headers.get('content-type') ?? '').parameters['fhirversion'] ?? usual;
  const taken = base.version === 'negotiated' ? fhirVersions : [base.version];
  return isFhirVersion(said) && taken.includes(said) ? ok(said) : err(unsupportedVersion(taken));
}

export const contentType = (version: FhirVersion): string => `${fhirJson}; fhirVersion=${version}`;

/** `_format` overrides Accept (FHIR R4 §3.1.0.1.11). */
function acceptedRanges({ headers, query }: Asked): readonly MediaType[] {
  const format = query.get('_format');
  if (format !== null) return parseAccept(format === 'json' ? fhirJson : mendPlus(format));
  return parseAccept(headers.get('accept')?.trim() || '*/*');
}

const jsonRanges: ReadonlySet<string> = new Set([
  fhirJson,
  'application/json',
  'text/json',
  'application/*',
  '*/*',
]);

const notAcceptable = (offered: readonly string[]): Failure => ({
  kind: 'not-acceptable',
  code: 'not-supported',
  detail: `only ${fhirJson} with fhirVersion ${offered.join(' or ')} is served here`,
});

const unsupportedVersion = (taken: readonly string[]): Failure => ({
  kind: 'unsupported-media-type',
  code: 'not-supported',
  detail: `only bodies with fhirVersion ${taken.join(' or ')} are taken here`,
});
