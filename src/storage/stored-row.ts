/** A row of either resource table, and as the stores hand it out. */
import { sql } from 'drizzle-orm';
import { asInstant, type Instant } from '../base/instant.ts';
import { parseVerbatim } from '../base/verbatim-json.ts';
import type { Resource, StoredResource, StoredVersion } from '../fhir/resource.ts';
import type { FhirVersion } from '../fhir/version.ts';

/** What both tables have in common, in the order in which statements copy it from one to the other. */
export const columns = sql.raw(
  'key, type, id, version, fhir_version, patient, status, updated_at, filed_by, body',
);

export type CurrentRow = {
  readonly key: string;
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly fhir_version: FhirVersion;
  readonly patient: string | null;
  readonly status: string | null;
  readonly updated_at: string;
  readonly filed_by: string;
  readonly body: string;
};
export type VersionRow = Omit<CurrentRow, 'body'> & { readonly body: string | null };

export const storedFrom = (row: CurrentRow): StoredResource => ({
  ...versionFrom(row),
  status: row.status ?? undefined,
  // Text gets into the column only as the text of a resource.
  resource: parseVerbatim(row.body) as Resource,
});

export const storedVersionFrom = ({ body, ...row }: VersionRow): StoredVersion =>
  body === null ? { ...versionFrom(row), deleted: true } : storedFrom({ ...row, body });

export const readInstant = (text: string): Instant => asInstant(Date.parse(text));

const versionFrom = (row: Omit<CurrentRow, 'body' | 'status'>) => ({
  type: row.type,
  id: row.id,
  version: row.version,
  fhirVersion: row.fhir_version,
  patient: row.patient ?? undefined,
  updatedAt: readInstant(row.updated_at),
  filedBy: row.filed_by,
});
