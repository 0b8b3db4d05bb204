/** The FHIR bases we serve, and what stands behind them. */
import type { RequireScope } from '../../access/caller.ts';
import type { AuditLog, AuditReader } from '../../audit/audit-log.ts';
import type { RandomBytes } from '../../base/clock.ts';
import type { Transact } from '../../base/transact.ts';
import type { ResourceStore } from '../../fhir/resource-store.ts';
import { type FhirVersion, fhirVersions, releaseOf } from '../../fhir/version.ts';

import type { Continuation } from './search/continuation.ts';

export type FhirBase = {
  readonly path: '/fhir/R4' | '/fhir/R4B' | '/fhir/R5' | '/fhir';
  readonly version: FhirVersion | 'negotiated';
};

/** The stores that change together: what is done and the record of it are acknowledged as one. */
export type FhirStores = { readonly resources: ResourceStore; readonly audit: AuditLog };

export type FhirApiDeps = {
  readonly issuer: string;
  readonly resources: ResourceStore;
  readonly audit: AuditReader & AuditLog;
  readonly transact: Transact<FhirStores>;
  readonly requireScope: RequireScope;
  readonly random: RandomBytes;
  readonly continuation: Continuation;
};

/** `/fhir` last: it negotiates by the `fhirVersion` parameter of media types (fhir-consent.md §9). */
export const fhirBases: readonly FhirBase[] = [
  ...fhirVersions.map((version) => ({ path: `/fhir/${releaseOf[version]}` as const, version })),
  { path: '/fhir', version: 'negotiated' },
];

/** Of an answer to whoever asks for no version. */
export const usualVersion = ({ version }: FhirBase): FhirVersion =>
  version === 'negotiated' ? '4.0' : version;

/** Below these an absolute reference is ours. */
export const ownFhirBases = (issuer: string): readonly string[] =>
  fhirBases.map(({ path }) => `${issuer}${path}`);
