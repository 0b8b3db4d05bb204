/** A batch of writes and the record of them in one transaction; of what the database refuses, the rest is stored. */
import type { AuditLog, InteractionEntry } from '../../audit/audit-log.ts';
import type { RandomBytes } from '../../base/clock.ts';
import { randomId } from '../../base/ids.ts';
import type { Transact } from '../../base/transact.ts';
import type { Put, PutWrite, ResourceStore } from '../../fhir/resource-store.ts';
import { whatOf } from '../../protocols/fhir-api/record.ts';

type Stores = { readonly resources: ResourceStore; readonly audit: AuditLog };

export type BatchDeps = {
  readonly transact: Transact<Stores>;
  readonly random: RandomBytes;
  /** Of the run that it belongs to; the record names it. */
  readonly run: string;
};

export type Outcome = Exclude<Put['outcome'], 'other-patient'> | { readonly refused: string };

/** INVARIANT: no two writes of one id. */
export async function storeBatch(deps: BatchDeps, writes: readonly PutWrite[]): Promise<readonly Outcome[]> {
  try {
    return await patiently(() => deps.transact((stores) => store(deps, stores, writes)));
  } catch (error) {
    const { code, message } = databaseErrorIn(error) ?? { code: '', message: String(error) };
    // The error that wraps it quotes the resources.
    if (!isAboutData(code)) throw new Error(`the database fails: ${message}`, { cause: error });
    if (writes.length === 1) return [{ refused: `the database refuses it: ${message}` }];
    const half = Math.ceil(writes.length / 2);
    return [
      ...(await storeBatch(deps, writes.slice(0, half))),
      ...(await storeBatch(deps, writes.slice(half))),
    ];
  }
}

async function store(
  deps: BatchDeps,
  { resources, audit }: Stores,
  writes: readonly PutWrite[],
): Promise<readonly Outcome[]> {
  const puts = await resources.putAll(writes);
  const entries = writes.flatMap((write, at) => {
    const put = puts[at];
    return put && isWritten(put) ? [entryOf(deps, write, put)] : [];
  });
  await audit.append(entries);
  return puts.map((put, at) => outcomeOf(put, writes[at]));
}

const isWritten = ({ outcome }: Put): boolean => outcome === 'created' || outcome === 'updated';

/** Past decisions were about that patient, here as where it is filed. */
const outcomeOf = ({ outcome }: Put, write: PutWrite | undefined): Outcome =>
  outcome === 'other-patient'
    ? { refused: `\`${write?.type}/${write?.id}\` is a resource of another patient` }
    : outcome;

function entryOf(
  { random, run }: BatchDeps,
  { type, id, patient, at, filedBy }: PutWrite,
  { outcome, version }: Put,
): InteractionEntry {
  return {
    kind: 'interaction',
    id: randomId(random),
    recordedAt: at,
    interaction: outcome === 'created' ? 'create' : 'update',
    type,
    ...(patient === undefined ? {} : { patient: `Patient/${patient}` }),
    what: whatOf({ type, id, version }),
    outcome: '0',
    circumstances: { door: 'import', clientId: filedBy, requestId: run },
  };
}

const mostAttempts = 5;

/** Two who write many resources may each wait for the other; the one that PostgreSQL picks begins anew. */
async function patiently<T>(work: () => Promise<T>, attempt = 1): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (attempt === mostAttempts || !/^40/.test(databaseErrorIn(error)?.code ?? '')) throw error;
    return await patiently(work, attempt + 1);
  }
}

type DatabaseError = { readonly code: string; readonly message: string };

/** With an SQLSTATE; below what wraps it, whose message may quote the resources. */
function databaseErrorIn(error: unknown): DatabaseError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { readonly code?: unknown };
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return { code, message: error.message };
  return databaseErrorIn(error.cause);
}

/** Data exception, integrity, program limits (PostgreSQL, Appendix A); anything else is no fault of a resource. */
const isAboutData = (code: string): boolean => /^(?:22|23|54)/.test(code);
