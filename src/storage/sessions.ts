/** Sessions of browsers in PostgreSQL, found by the hash of their secret. */
import { and, eq, sql } from 'drizzle-orm';
import type { SessionStore } from '../protocols/authorization-server/browser/session.ts';
import type { Database } from './database.ts';
import { session } from './tables/authorization.ts';

export function sessionStore(db: Database): SessionStore {
  // One guarded update finds a session and carries it on: it cannot be carried on after somebody ended it.
  const resumption = db
    .update(session)
    .set({
      lastSeenAt: sql`${sql.param(sql.placeholder('at'), session.lastSeenAt)}`,
      expiresAt: sql`${sql.param(sql.placeholder('idleUntil'), session.expiresAt)}`,
    })
    .where(
      and(
        eq(session.secretHash, sql.placeholder('secretHash')),
        sql`${session.expiresAt} > ${sql.param(sql.placeholder('at'), session.expiresAt)}`,
        sql`${session.signedInAt} > ${sql.param(sql.placeholder('beganAfter'), session.signedInAt)}`,
      ),
    )
    .returning({ patient: session.patient, signedInAt: session.signedInAt })
    .prepare('session_resume');
  return {
    async begin(secretHash, { patient, signedInAt }, idleUntil) {
      const row = { secretHash, patient, signedInAt, lastSeenAt: signedInAt, expiresAt: idleUntil };
      await db.insert(session).values(row);
    },
    async resume(secretHash, limits) {
      const [row] = await resumption.execute({ secretHash, ...limits });
      return row;
    },
    async end(secretHash) {
      await db.delete(session).where(eq(session.secretHash, secretHash));
    },
  };
}
