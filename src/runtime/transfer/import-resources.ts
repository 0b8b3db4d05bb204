/** From files to the store: read one by one, accepted or refused, stored in batches. */
import type { Clock } from '../../base/clock.ts';
import { err } from '../../base/result.ts';
import type { ResourceStore } from '../../fhir/resource-store.ts';
import { type AcceptDeps, type AcceptOptions, accept } from './accept.ts';
import { inBatches } from './batches.ts';
import { piecesIn } from './pieces.ts';
import { type Found, resourcesIn } from './resources-in.ts';
import { type BatchDeps, storeBatch } from './store-batch.ts';
import { type Counts, createTally, type Tell } from './tally.ts';

export type Source = { readonly file: string; readonly chunks: AsyncIterable<Uint8Array> };

export type ImportDeps = AcceptDeps &
  BatchDeps & { readonly resources: ResourceStore; readonly clock: Clock };

/** `tell` hears what was refused or flagged; `progress` has the counts of the moment. */
export type Listener = { readonly tell: Tell; readonly progress?: (counts: Counts) => void };

export async function importResources(
  deps: ImportDeps,
  sources: readonly Source[],
  options: AcceptOptions,
  { tell, progress }: Listener,
): Promise<Counts> {
  const tally = createTally(tell);
  const batches = inBatches(
    (given) =>
      storeBatch(
        deps,
        given.map(({ write }) => write),
      ),
    tally.stored,
  );
  const acceptDeps = { ...deps, resources: afterFlush(deps.resources, batches.flush) };
  for (const source of sources) {
    for await (const found of foundIn(source)) {
      tally.read();
      const where = `${source.file}:${found.line}`;
      const accepted = await acceptFound(acceptDeps, found, options);
      if (accepted.ok) await batches.add({ ...accepted.value, where });
      else tally.refused(where, accepted.failure);
      progress?.(tally.counts);
    }
  }
  await batches.flush();
  progress?.(tally.counts);
  return tally.counts;
}

async function* foundIn({ file, chunks }: Source): AsyncGenerator<Found, undefined> {
  for await (const piece of piecesIn(file, chunks)) {
    if ('problem' in piece) yield piece;
    else yield* resourcesIn(piece);
  }
}

const acceptFound = async (
  deps: AcceptDeps & { readonly clock: Clock },
  found: Found,
  options: AcceptOptions,
) => ('problem' in found ? err(found.problem) : await accept(deps, found.text, deps.clock(), options));

/** A lookup finds what was read before it. */
const afterFlush = (resources: ResourceStore, flush: () => Promise<void>): ResourceStore => ({
  ...resources,
  async search(...asked) {
    await flush();
    return await resources.search(...asked);
  },
});
