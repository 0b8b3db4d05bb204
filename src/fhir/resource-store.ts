/** Where resources of every type live, all versions kept. */
import type { Instant } from '../base/instant.ts';
import type { Result } from '../base/result.ts';
import type { Resource, StoredResource } from './resource.ts';
import type { FhirVersion } from './version.ts';

export type ResourceStore = {
  /** Under a new id, or the one given (import); `taken` when that id exists. */
  create(write: ResourceWrite): Promise<Result<StoredResource, 'taken'>>;
  /** The next version; `stale` when the current one is not `expectedVersion`, `missing` outside the reach. */
  update(
    write: ResourceWrite,
    expectedVersion: number | undefined,
    within: Reach,
  ): Promise<Result<StoredResource, 'missing' | 'stale'>>;
  read(type: string, id: string, within: Reach): Promise<StoredResource | undefined>;
  readVersion(type: string, id: string, version: number, within: Reach): Promise<StoredResource | undefined>;
  /** Newest first; empty when there is no such resource in reach. */
  history(type: string, id: string, page: Page, within: Reach): Promise<Found>;
  search(query: ResourceQuery, page: Page, within: Reach): Promise<Found>;
};

export type ResourceWrite = {
  readonly type: string;
  readonly id: string;
  readonly fhirVersion: FhirVersion;
  readonly patient: string | undefined;
  readonly status: string | undefined;
  /** Tokens of `identifierTokensOf`, for lookup by identifier. */
  readonly identifiers: readonly string[];
  readonly resource: Resource;
  readonly at: Instant;
  readonly filedBy: string;
};

/** Whose resources a caller may touch; part of every query, so that what is outside was never found. */
export type Reach = {
  /** Logical ids; absent means all, and what is about no patient besides. */
  readonly patients?: readonly string[];
  /** `Organization/h`, whose patients these are (`Patient.managingOrganization`); counts where no patients are listed. */
  readonly organizations?: readonly string[];
};
export const everything: Reach = {};

export type ResourceQuery = {
  readonly type: string;
  readonly id?: readonly string[];
  readonly patient?: readonly string[];
  readonly status?: readonly string[];
  readonly identifier?: readonly string[];
  /** The versions in which they were submitted; absent means any. */
  readonly fhirVersion?: readonly FhirVersion[];
};

/** `offset` counts resources already shown; a total is always exact. */
export type Page = { readonly count: number; readonly offset: number };
export type Found = { readonly resources: readonly StoredResource[]; readonly total: number };
