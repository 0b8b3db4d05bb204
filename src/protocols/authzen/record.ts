/** Every decision that was answered goes on record, in one statement (authzen.md §11). */
import type { Caller } from '../../access/caller.ts';
import { recordOf } from '../../access/record-of.ts';
import type { AuditLog, Circumstances } from '../../audit/audit-log.ts';
import type { Transact } from '../../base/transact.ts';
import type { Evaluated } from './evaluate.ts';

export type RecordDeps = { readonly transact: Transact<{ readonly audit: AuditLog }> };

export type Asked = {
  readonly caller: Caller;
  readonly requestId: string;
  readonly address?: string;
};

export async function record(
  { transact }: RecordDeps,
  asked: Asked,
  answered: readonly Evaluated[],
): Promise<void> {
  if (answered.length === 0) return;
  const entries = answered.map(({ decided, question }) =>
    recordOf(decided, circumstancesOf(asked, question.transaction)),
  );
  await transact(({ audit }) => audit.append(entries));
}

const circumstancesOf = (
  { caller, requestId, address }: Asked,
  transaction: string | undefined,
): Circumstances => ({
  door: 'authzen',
  clientId: caller.clientId,
  requestId,
  tokenId: caller.tokenId,
  ...(transaction === undefined ? {} : { transaction }),
  ...(address === undefined ? {} : { address }),
});
