/** Files a consent as whoever signs it would through the FHIR API; fulfilled where that API is known. */
import type { Caller } from '../../../access/caller.ts';
import type { AuditLog } from '../../../audit/audit-log.ts';
import type { Asked } from '../../../base/endpoint.ts';
import type { Failure } from '../../../base/failure.ts';
import type { Result } from '../../../base/result.ts';
import type { Resource } from '../../../fhir/resource.ts';
import type { ResourceStore } from '../../../fhir/resource-store.ts';

export type ConsentStores = { readonly resources: ResourceStore; readonly audit: AuditLog };

/** Who files, and when. */
export type Filing = Asked & { readonly caller: Caller };

/** Checked like any other that is filed; `file` writes it, its history and its record in a transaction. */
type CheckedConsent = {
  readonly id: string;
  readonly file: (stores: ConsentStores) => Promise<void>;
};

export type FileConsent = (consent: Resource, filing: Filing) => Promise<Result<CheckedConsent, Failure>>;
