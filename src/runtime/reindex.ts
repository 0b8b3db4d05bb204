/** Brings what resources are found by to the rules of this version, after the schema. */

import type { StoredResource } from '../fhir/resource.ts';
import { indexOf } from '../protocols/fhir-api/index-of.ts';
import { kindOf } from '../protocols/fhir-api/resource-kind.ts';
import type { Database } from '../storage/database.ts';
import { type Indexed, type ResourcesToIndex, resourcesToIndex } from '../storage/reindex.ts';
import { resourceStore } from '../storage/resources.ts';
import { transact } from '../storage/transact.ts';

type Reindex = {
  readonly issuer: string;
  readonly random: (count: number) => Uint8Array;
  readonly batchSize?: number;
};

/** May be stopped at any time, and run beside another: each batch is a transaction, and they take turns. */
export async function reindex(
  database: Database,
  { issuer, random, batchSize = 200 }: Reindex,
): Promise<number> {
  const inTurn = transact(database, (transaction) => ({
    toIndex: resourcesToIndex(transaction),
    resources: resourceStore(transaction, { random }),
  }));
  let count = 0;
  for (;;) {
    const indexed = await inTurn(async ({ toIndex, resources }) => {
      await resources.hold('reindex');
      return await indexSome(toIndex, issuer, batchSize);
    });
    if (indexed === 0) return count;
    count += indexed;
  }
}

async function indexSome(toIndex: ResourcesToIndex, issuer: string, count: number): Promise<number> {
  const stored = await toIndex.next(count);
  if (stored.length > 0) await toIndex.reindexed(stored.map((each) => indexAnew(each, issuer)));
  return stored.length;
}

function indexAnew(
  { type, id, version, patient, fhirVersion, resource }: StoredResource,
  issuer: string,
): Indexed {
  const kind = kindOf(type);
  const index = kind
    ? indexOf(kind, resource, fhirVersion, { issuer, patient })
    : // A type that is no longer kept is not searched.
      { entries: [], dates: [] };
  return { type, id, version, index };
}
