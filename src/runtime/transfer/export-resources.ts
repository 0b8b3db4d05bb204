/** From the store to NDJSON, a line for each current resource, a page at a time. */

import type { StoredResource } from '../../fhir/resource.ts';
import { everything, type SearchResources } from '../../fhir/resource-store.ts';
import type { Cursor } from '../../fhir/search/search.ts';
import type { FhirVersion } from '../../fhir/version.ts';
import { represent } from '../../protocols/fhir-api/represent.ts';
import type { ResourceKind } from '../../protocols/fhir-api/resource-kind.ts';
import { isSubsetted } from '../../protocols/fhir-api/write/accept-body.ts';

export type ExportCounts = {
  readonly written: number;
  /** Of these, lacking what the version asked for cannot say. */
  readonly shortened: number;
  /** What the version asked for cannot say at all. */
  readonly omitted: number;
};

/** Resolves when there is room for more. */
export type Write = (text: string) => Promise<void>;

const pageSize = 500;

/** Without a version each resource is in that in which it was submitted. */
export async function exportResources(
  store: SearchResources,
  kinds: readonly ResourceKind[],
  version: FhirVersion | undefined,
  write: Write,
): Promise<ExportCounts> {
  const counts = { written: 0, shortened: 0, omitted: 0 };
  for (const kind of kinds) {
    for await (const page of pagesOf(store, kind.type)) {
      const lines = page.map((stored) => lineOf(kind, stored, version));
      const said = lines.filter((line) => line !== undefined);
      counts.omitted += lines.length - said.length;
      counts.shortened += said.filter(({ isShortened }) => isShortened).length;
      await write(said.map(({ text }) => `${text}\n`).join(''));
      counts.written += said.length;
    }
  }
  return counts;
}

async function* pagesOf(
  store: SearchResources,
  type: string,
): AsyncGenerator<readonly StoredResource[], undefined> {
  let cursor: Cursor | undefined;
  do {
    const from = cursor && ({ side: 'after', cursor } as const);
    const page = { count: pageSize, total: false, ...(from ? { from } : {}) };
    const { items, ends, hasNext } = await store.search({ type, all: [] }, [], page, everything);
    if (items.length > 0) yield items;
    cursor = hasNext ? ends?.last : undefined;
  } while (cursor);
}

function lineOf(kind: ResourceKind, stored: StoredResource, version = stored.fhirVersion) {
  const resource = represent(stored, kind, { version });
  if (!resource) return undefined;
  const isShortened = isSubsetted(resource) && !isSubsetted(stored.resource);
  return { text: JSON.stringify(resource), isShortened };
}
