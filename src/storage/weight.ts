/** How much is put into one answer: counted in the database, so that what is too much never leaves it. */
import { type SQL, sql } from 'drizzle-orm';

/** Bytes of bodies; what several callers at once can be answered with, each out of one piece of text. */
export const heaviestAnswer = 8 * 1024 * 1024;

/** What the rows before this one weigh, in that order. */
export const weightBefore = (order: SQL, body: SQL): SQL =>
  sql`coalesce(sum(octet_length(${body}::text)) over (${order} rows between unbounded preceding and 1 preceding), 0)`;
