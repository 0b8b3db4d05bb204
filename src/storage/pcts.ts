/** Persisted claims in PostgreSQL, found by the hash of their secret. */
import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import { formatInstant } from '../base/instant.ts';
import { lazily } from '../base/lazily.ts';
import type { PctStore } from '../protocols/uma/party/pct-store.ts';
import type { Database } from './database.ts';
import { prepared, value } from './statement.ts';
import { pct } from './tables/uma.ts';

export function pctStore(db: Database): PctStore {
  const questions = lazily({
    live: () =>
      db
        .select({ party: pct.party })
        .from(pct)
        .where(
          and(
            eq(pct.secretHash, sql.placeholder('secretHash')),
            eq(pct.clientId, sql.placeholder('clientId')),
            isNull(pct.revokedAt),
            sql`${pct.expiresAt} > ${sql.param(sql.placeholder('at'), pct.expiresAt)}`,
          ),
        )
        .prepare('pct_find'),
  });
  return {
    async find(secretHash, clientId, at) {
      const [row] = await questions.live.execute({ secretHash, clientId, at });
      return row?.party;
    },
    async revoke(secretHash, clientId, at) {
      const rows = await revocation(db, { secretHash, clientId, at: formatInstant(at) });
      return rows.length === 1;
    },
  };
}

const now: SQL = sql`${value('at')}::timestamptz`;

// In the order in which they are locked when others take their place, so that neither waits for the other.
const revocation = prepared(sql`
  with revoked as (
    update pct set revoked_at = coalesce(revoked_at, ${now})
    where secret_hash = ${value('secretHash')} and client_id = ${value('clientId')}
    returning secret_hash),
  resting as (
    select token.key from token join approval on approval.token_id = token.id
        join revoked on approval.pct_hash = revoked.secret_hash
      order by token.key for update of token),
  ended as (
    update token set revoked_at = coalesce(token.revoked_at, ${now}) from resting where token.key = resting.key)
  select secret_hash from revoked`);
