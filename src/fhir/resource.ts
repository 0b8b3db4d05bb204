/** A FHIR resource as data, and as it stands in a store. */
import type { Instant } from '../base/instant.ts';
import type { JsonObject } from '../base/json.ts';
import type { FhirVersion } from './version.ts';

export type Resource = JsonObject & { readonly resourceType: string; readonly id?: string };

type Version = {
  readonly type: string;
  readonly id: string;
  /** 1, 2, 3 …: the versionId, the same whatever the representation. */
  readonly version: number;
  readonly fhirVersion: FhirVersion;
  /** Logical id of the patient it is about, where there is one; the key by which tables can be split. */
  readonly patient: string | undefined;
  readonly updatedAt: Instant;
  /** The client that filed this version. */
  readonly filedBy: string;
};

/** One version of a stored resource. */
export type StoredResource = Version & {
  /** `status` of the resource, where it has one. */
  readonly status: string | undefined;
  /** As submitted, whatever id, versionId and lastUpdated that says; numbers keep their digits. */
  readonly resource: Resource;
};

/** The version that says the resource is no longer there. */
export type Deletion = Version & { readonly deleted: true };

export type StoredVersion = StoredResource | Deletion;

export const isDeletion = (version: StoredVersion): version is Deletion => 'deleted' in version;
