/** Column types that several tables share. */
import { customType } from 'drizzle-orm/pg-core';
import { asInstant, formatInstant, type Instant } from '../../base/instant.ts';

/** An `Instant` that a person reading the table can read as well. */
export const instant = customType<{ data: Instant; driverData: string }>({
  dataType: () => 'timestamp(3) with time zone',
  toDriver: formatInstant,
  fromDriver: (text) => asInstant(Date.parse(text)),
});
