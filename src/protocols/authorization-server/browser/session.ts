/** Somebody signed in with a browser: for how long, and where that is kept (interfaces.md, Tokens). */
import { type Instant, plusSeconds } from '../../../base/instant.ts';

/** `Patient/ann`. */
type Session = { readonly patient: string; readonly signedInAt: Instant };

/** The moments between which a session is still good. */
export type Limits = {
  readonly at: Instant;
  /** Where it ends unless somebody comes again. */
  readonly idleUntil: Instant;
  /** One that began before has lasted long enough. */
  readonly beganAfter: Instant;
};

export type SessionStore = {
  begin(secretHash: string, session: Session, idleUntil: Instant): Promise<void>;
  /** Undefined when there is none, or no longer; otherwise it goes on, in the same step. */
  resume(secretHash: string, limits: Limits): Promise<Session | undefined>;
  end(secretHash: string): Promise<void>;
};

const idleSeconds = 15 * 60;
const longestSeconds = 8 * 3600;

export const limitsAt = (at: Instant): Limits => ({
  at,
  idleUntil: plusSeconds(at, idleSeconds),
  beganAfter: plusSeconds(at, -longestSeconds),
});
