/** A row of either resource table as the stores hand it out. */
import type { StoredResource } from '../fhir/resource.ts';
import type { resource } from './tables/resources.ts';

export const storedFrom = (row: typeof resource.$inferSelect): StoredResource => ({
  type: row.type,
  id: row.id,
  version: row.version,
  fhirVersion: row.fhirVersion,
  patient: row.patient ?? undefined,
  status: row.status ?? undefined,
  resource: row.body,
  updatedAt: row.updatedAt,
  filedBy: row.filedBy,
});
