/** RPTs as they are issued: token, approval, persisted claims and records in one statement, however many come at once. */
import { sql } from 'drizzle-orm';
import type { IndexEntry } from '../audit/index-entry.ts';
import type { RandomBytes } from '../base/clock.ts';
import { timeOrderedKey } from '../base/ids.ts';
import { formatInstant } from '../base/instant.ts';
import type { Issuance, IssuanceStore } from '../protocols/uma/grant/issuance-store.ts';
import { appending, recordsAsJson } from './audit-log.ts';
import type { Database } from './database.ts';
import { insertInto, rowsAsJson } from './insertion.ts';
import { prepared, value } from './statement.ts';
import { token } from './tables/authorization.ts';
import { approval, pct } from './tables/uma.ts';
import { together } from './together.ts';
import { tokenRow } from './tokens.ts';

type Deps = { readonly random: RandomBytes; readonly index: IndexEntry };

export function issuanceStore(db: Database, { random, index }: Deps): IssuanceStore {
  const keep = together(async (issued: readonly Issuance[]) => {
    await keeping(db, {
      tokens: rowsAsJson(
        token,
        issued.map((each) => tokenRow(each.token, each.secretHash, random)),
      ),
      approvals: rowsAsJson(
        approval,
        issued.map((each) => ({ key: timeOrderedKey(each.token.issuedAt, random), ...each.approval })),
      ),
      pcts: rowsAsJson(
        pct,
        issued.flatMap((each) => (each.pct ? { secretHash: each.pct.secretHash, ...each.pct.claims } : [])),
      ),
      replaced: JSON.stringify(issued.flatMap(({ replaced }) => (replaced ? replacedRow(replaced) : []))),
      records: recordsAsJson(
        issued.flatMap(({ records }) => records),
        index,
      ),
    });
    return issued.map(() => undefined);
  });
  return { keep };
}

const replacedRow = ({ tokenId, clientId, at }: NonNullable<Issuance['replaced']>) => ({
  id: tokenId,
  client_id: clientId,
  at: formatInstant(at),
});

// Locked in order, so that two who replace the same tokens wait for each other and never both.
const keeping = prepared(sql`
  with tokens as (${insertInto(token, 'tokens')}),
  approvals as (${insertInto(approval, 'approvals')}),
  pcts as (${insertInto(pct, 'pcts')}),
  replaced as (
    select token.key, given.at
      from json_to_recordset(${value('replaced')}::json) as given (id text, client_id text, at timestamptz)
        join token on token.id = given.id and token.client_id = given.client_id
      order by token.key for update of token),
  ended as (
    update token set revoked_at = coalesce(token.revoked_at, replaced.at) from replaced
      where token.key = replaced.key)
  ${appending}`);
