/** A stored version as it is sent: converted, shortened as asked, with the id, version and time that the server assigned. */
import type { Reply } from '../../base/endpoint.ts';
import { formatInstant, type Instant } from '../../base/instant.ts';
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type { Resource, StoredResource, StoredVersion } from '../../fhir/resource.ts';
import { shortened } from '../../fhir/shorten.ts';
import type { FhirVersion } from '../../fhir/version.ts';
import { contentType } from './negotiate.ts';
import type { Presentation } from './presentation.ts';
import type { ResourceKind } from './resource-kind.ts';

/** Undefined when it cannot be said in that version. */
export function represent(
  stored: StoredResource,
  kind: Pick<ResourceKind, 'convert'>,
  { version, shape }: Pick<Presentation, 'version' | 'shape'>,
): Resource | undefined {
  const converted = kind.convert(stored.resource, stored.fhirVersion, version);
  if (!converted) return undefined;
  const whole = withAssigned(converted.resource, stored);
  const short = shape ? shortened(whole, shape, version) : whole;
  return converted.lossy || shape ? tagged(short, subsetted) : short;
}

export const subsetted = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
  code: 'SUBSETTED',
} as const;

/** What was submitted may say another id, version or time (FHIR R4 §3.1.0.8). */
function withAssigned({ resourceType, meta, ...rest }: Resource, { id, version, updatedAt }: StoredResource) {
  const said = isObject(meta) ? meta : {};
  const assigned = { versionId: String(version), lastUpdated: formatInstant(updatedAt) };
  return { resourceType, id, meta: { ...said, ...assigned }, ...omit(rest, 'id') };
}

const omit = (members: JsonObject, name: string): JsonObject =>
  Object.fromEntries(Object.entries(members).filter(([member]) => member !== name));

function tagged(resource: Resource, tag: JsonObject): Resource {
  const meta = isObject(resource['meta']) ? resource['meta'] : {};
  const tags: readonly Json[] = Array.isArray(meta['tag']) ? meta['tag'] : [];
  return { ...resource, meta: { ...meta, tag: [...tags, tag] } };
}

export const etagOf = (version: number): string => `W/"${version}"`;

const httpDate = (at: Instant): string => new Date(at).toUTCString();

export const versionHeaders = ({
  version,
  updatedAt,
}: Pick<StoredVersion, 'version' | 'updatedAt'>): Readonly<Record<string, string>> => ({
  etag: etagOf(version),
  'last-modified': httpDate(updatedAt),
});

/** Personal data: whoever keeps it asks again before using it. */
export const fhirReply = (
  status: number,
  { version, pretty }: { readonly version: FhirVersion; readonly pretty: boolean },
  body: JsonObject | undefined,
  headers: Readonly<Record<string, string>> = {},
): Reply => ({
  status,
  pretty,
  ...(body ? { body } : {}),
  headers: { 'content-type': contentType(version), 'cache-control': 'private, no-cache', ...headers },
});
