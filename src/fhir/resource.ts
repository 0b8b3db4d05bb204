/** A FHIR resource as data, and as it stands in a store. */
import type { Instant } from '../base/instant.ts';
import type { JsonObject } from '../base/json.ts';
import type { FhirVersion } from './version.ts';

export type Resource = JsonObject & { readonly resourceType: string; readonly id?: string };

/** One version of a stored resource. */
export type StoredResource = {
  readonly type: string;
  readonly id: string;
  /** 1, 2, 3 …: the versionId, the same whatever the representation. */
  readonly version: number;
  readonly fhirVersion: FhirVersion;
  /** Logical id of the patient it is about, where there is one; the key by which tables can be split. */
  readonly patient: string | undefined;
  /** `status` of the resource, where it has one. */
  readonly status: string | undefined;
  /** As submitted: without the id, versionId and lastUpdated that the server assigns. */
  readonly resource: Resource;
  readonly updatedAt: Instant;
  /** The client that filed this version. */
  readonly filedBy: string;
};
