/** How often somebody came, in PostgreSQL: one upsert for any number of buckets. */
import { sql } from 'drizzle-orm';
import type { RateLimitStore } from '../access/rate-limit-store.ts';
import { asInstant, formatInstant } from '../base/instant.ts';
import type { Database } from './database.ts';
import { prepared, value } from './statement.ts';
import { rateLimit } from './tables/authorization.ts';

export const rateLimitStore = (db: Database): RateLimitStore => ({
  async add(additions, at) {
    const given = additions.map(({ bucket, more, expiresAt }) => ({
      bucket,
      more,
      ends: formatInstant(expiresAt),
    }));
    const rows = await addition(db, { given: JSON.stringify(given), at: formatInstant(at) });
    const totals = new Map(
      rows.map(({ bucket, count, ends }) => [bucket, { count, expiresAt: asInstant(Number(ends)) }]),
    );
    return additions.map(({ bucket, more, expiresAt }) => totals.get(bucket) ?? { count: more, expiresAt });
  },
  async takeBack(added) {
    const given = added.map(({ bucket, less, expiresAt }) => ({
      bucket,
      less,
      ends: formatInstant(expiresAt),
    }));
    await subtraction(db, { given: JSON.stringify(given) });
  },
});

type Row = { readonly bucket: string; readonly count: number; readonly ends: string };

const at = sql`${value('at')}::timestamptz`;
/** No number is too large to add to. */
const most = sql.raw('1000000000');

// In order, so that two who add to the same buckets wait for each other and never both.
const addition = prepared<Row>(sql`
  insert into ${rateLimit} as known (bucket, count, expires_at)
    select given.bucket, given.more, given.ends
      from json_to_recordset(${value('given')}::json) as given(bucket text, more integer, ends timestamptz)
      order by given.bucket
  on conflict (bucket) do update set
    count = case when known.expires_at <= ${at} then excluded.count
      else least(known.count::bigint + excluded.count, ${most})::integer end,
    expires_at = case when known.expires_at <= ${at} then excluded.expires_at else known.expires_at end
  returning bucket, count, (extract(epoch from expires_at) * 1000)::bigint::text as ends`);

const subtraction = prepared(sql`
  with held as (
    select known.bucket, given.less from ${rateLimit} as known
      join json_to_recordset(${value('given')}::json) as given(bucket text, less integer, ends timestamptz)
        on given.bucket = known.bucket and given.ends = known.expires_at
      order by known.bucket for update of known)
  update ${rateLimit} as known set count = greatest(known.count - held.less, 0)
    from held where held.bucket = known.bucket`);
