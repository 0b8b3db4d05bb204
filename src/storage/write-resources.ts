/** Writing one resource: what is current and what was, together or not at all. */
import { sql } from 'drizzle-orm';
import type { RandomBytes } from '../base/clock.ts';
import { timeOrderedKey } from '../base/ids.ts';
import { formatInstant } from '../base/instant.ts';
import { err, ok } from '../base/result.ts';
import { parseVerbatim } from '../base/verbatim-json.ts';
import type { Resource, StoredResource } from '../fhir/resource.ts';
import type { Reach, ResourceWrite, WriteResources } from '../fhir/resource-store.ts';
import type { Database } from './database.ts';
import { indexValues } from './index-values.ts';
import { putAll } from './put-resources.ts';
import { prepared, value } from './statement.ts';
import { readInstant } from './stored-row.ts';
import { reachListOf } from './within-reach.ts';
import { create, isThere, remove, update, type Written } from './write-statements.ts';

export function writeResources(db: Database, random: RandomBytes): WriteResources {
  return {
    async create(write) {
      const [written] = await create(db, valuesOf(write, random));
      return written ? ok(storedAs(write, written)) : err('taken');
    },
    async update(write, expectedVersion, within) {
      const values = { ...valuesOf(write, random), expectedVersion, reach: reachListOf(within) };
      const [written] = await update(within)(db, values);
      return written ? ok(storedAs(write, written)) : err(await whyNot(db, write, within));
    },
    async remove(removal, expectedVersion, within) {
      const [written] = await remove(within)(db, {
        type: removal.type,
        id: removal.id,
        at: formatInstant(removal.at),
        filedBy: removal.filedBy,
        key: timeOrderedKey(removal.at, random),
        expectedVersion,
        reach: reachListOf(within),
      });
      return written ? ok() : err(await whyNot(db, removal, within));
    },
    putAll: (writes) => putAll(db, writes, random),
    async hold(name) {
      await waitFor(db, { name: `headwater:${name}` });
    },
  };
}

/** A number out of 2⁶⁴ for the name; that two names share one costs a wait. */
const waitFor = prepared(sql`select pg_advisory_xact_lock(hashtextextended(${value('name')}, 0))`);

async function whyNot(
  db: Database,
  { type, id }: { readonly type: string; readonly id: string },
  within: Reach,
): Promise<'stale' | 'missing'> {
  const rows = await isThere(within)(db, { type, id, reach: reachListOf(within) });
  return rows.length > 0 ? 'stale' : 'missing';
}

const valuesOf = (write: ResourceWrite, random: RandomBytes) => ({
  key: timeOrderedKey(write.at, random),
  type: write.type,
  id: write.id,
  fhirVersion: write.fhirVersion,
  patient: write.patient ?? null,
  status: write.status ?? null,
  ...indexValues(write.index),
  text: write.text,
  at: formatInstant(write.at),
  filedBy: write.filedBy,
});

const storedAs = (write: ResourceWrite, { version, updated_at }: Written): StoredResource => ({
  type: write.type,
  id: write.id,
  version,
  fhirVersion: write.fhirVersion,
  patient: write.patient,
  status: write.status,
  // Not the resource that came with it, whose numbers may have lost digits when it was read for checking.
  resource: parseVerbatim(write.text) as Resource,
  updatedAt: readInstant(updated_at),
  filedBy: write.filedBy,
});
