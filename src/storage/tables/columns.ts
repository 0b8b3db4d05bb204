/** Column types that several tables share. */
import { customType } from 'drizzle-orm/pg-core';
import { asInstant, formatInstant, type Instant } from '../../base/instant.ts';

/** An `Instant` that a person reading the table can read as well. */
export const instant = customType<{ data: Instant; driverData: string }>({
  dataType: () => 'timestamp(3) with time zone',
  toDriver: formatInstant,
  fromDriver: (text) => asInstant(Date.parse(text)),
});

/** An `Instant`, or one of the infinities where a bound is open. */
export const boundedInstant = customType<{ data: Instant | 'infinity' | '-infinity'; driverData: string }>({
  dataType: () => 'timestamp(3) with time zone',
  toDriver: (at) => (typeof at === 'string' ? at : formatInstant(at)),
});

/** JSON letter by letter as it came: `jsonb` would forget the order of members, a parsed value the digits of numbers. */
export const verbatim = customType<{ data: string; driverData: string }>({ dataType: () => 'json' });
