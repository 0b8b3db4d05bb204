/** Instants as PostgreSQL takes them in, and as a cursor carries them. */
import { type SQL, sql } from 'drizzle-orm';
import { asInstant, formatInstant, type Instant } from '../base/instant.ts';

/** The years 1 to 9999, all that FHIR can write; what time zones and approximations push beyond counts as open. */
const earliest = -62_135_596_800_000;
const latest = 253_402_300_799_999;

type Moment = Instant | 'infinity' | '-infinity';

export const momentOf = (at: Instant): Moment => {
  if (at < earliest) return '-infinity';
  return at > latest ? 'infinity' : at;
};

export const startOf = (at: Instant | undefined): Moment => (at === undefined ? '-infinity' : momentOf(at));
export const endOf = (at: Instant | undefined): Moment => (at === undefined ? 'infinity' : momentOf(at));

export const writeMoment = (moment: Moment): string =>
  typeof moment === 'string' ? moment : formatInstant(moment);

/** Of a `timestamptz`, as text: milliseconds, or one of the infinities. */
export const carried = (moment: SQL): SQL =>
  sql`case when isfinite(${moment}) then (extract(epoch from ${moment}) * 1000)::bigint::text else ${moment}::text end`;

/** Undefined for what `carried` never made. */
export function readCarried(text: string): Moment | undefined {
  if (text === 'infinity' || text === '-infinity') return text;
  return /^-?\d{1,15}$/.test(text) ? momentOf(asInstant(Number(text))) : undefined;
}
