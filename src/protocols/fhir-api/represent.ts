/** A stored resource as it is sent: with the id, version and time that the server assigned. */
import type { Reply } from '../../base/endpoint.ts';
import { formatInstant, type Instant } from '../../base/instant.ts';
import { isObject, type JsonObject } from '../../base/json.ts';
import type { Resource, StoredResource } from '../../fhir/resource.ts';
import type { FhirVersion } from '../../fhir/version.ts';
import { contentType } from './negotiate.ts';

export function represent({ id, version, updatedAt, resource }: StoredResource): Resource {
  const { resourceType, meta, ...rest } = resource;
  const assigned = { versionId: String(version), lastUpdated: formatInstant(updatedAt) };
  return { resourceType, id, meta: { ...assigned, ...(isObject(meta) ? meta : {}) }, ...rest };
}

/** Takes back what only the server says, so that a body read from us can be sent again (FHIR R4 §3.1.0.8). */
export function withoutAssigned({ id: _id, meta, ...rest }: Resource): Resource {
  if (meta === undefined || !isObject(meta))
    return (meta === undefined ? rest : { ...rest, meta }) as Resource;
  const { versionId: _version, lastUpdated: _time, ...kept } = meta;
  return (Object.keys(kept).length === 0 ? rest : { ...rest, meta: kept }) as Resource;
}

export const etagOf = (version: number): string => `W/"${version}"`;

const httpDate = (at: Instant): string => new Date(at).toUTCString();

export const versionHeaders = ({ version, updatedAt }: StoredResource): Readonly<Record<string, string>> => ({
  etag: etagOf(version),
  'last-modified': httpDate(updatedAt),
});

/** Personal data: whoever keeps it asks again before using it. */
export const fhirReply = (
  status: number,
  version: FhirVersion,
  body: JsonObject | undefined,
  headers: Readonly<Record<string, string>> = {},
): Reply => ({
  status,
  ...(body ? { body } : {}),
  headers: { 'content-type': contentType(version), 'cache-control': 'private, no-cache', ...headers },
});
