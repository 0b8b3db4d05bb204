/** Who is at the browser: always known again by its cookie, and sometimes signed in. */
import { sha256 } from '../../../access/digest.ts';
import type { RandomBytes } from '../../../base/clock.ts';
import { randomSecret } from '../../../base/ids.ts';
import type { Instant } from '../../../base/instant.ts';
import type { SetCookie, VisitCookie } from './cookie.ts';
import { limitsAt, type SessionStore } from './session.ts';

export type Visitor = {
  /** Its cookie; the forms it is shown are bound to it. */
  readonly secret: string;
  /** `Patient/ann`, when signed in. */
  readonly patient?: string;
  /** The cookie, when it has to be set with the answer. */
  readonly headers: SetCookie | Readonly<Record<string, never>>;
};

export type VisitorDeps = {
  readonly cookie: VisitCookie;
  readonly sessions: SessionStore;
  readonly random: RandomBytes;
};

export async function recognizeVisitor(deps: VisitorDeps, headers: Headers, at: Instant): Promise<Visitor> {
  const secret = deps.cookie.read(headers);
  if (secret === undefined) return newVisitor(deps);
  const session = await deps.sessions.resume(sha256(secret), limitsAt(at));
  return { secret, headers: {}, ...(session ? { patient: session.patient } : {}) };
}

/** INVARIANT: whoever signs in gets another secret, so that nobody can have known it before (session fixation). */
export async function signIn(
  deps: VisitorDeps,
  visitor: Visitor,
  patient: string,
  at: Instant,
): Promise<Visitor> {
  const signedIn = newVisitor(deps);
  await deps.sessions.end(sha256(visitor.secret));
  const session = { patient, signedInAt: at };
  await deps.sessions.begin(sha256(signedIn.secret), session, limitsAt(at).idleUntil);
  return { ...signedIn, patient };
}

export async function signOut(deps: VisitorDeps, visitor: Visitor): Promise<Visitor> {
  await deps.sessions.end(sha256(visitor.secret));
  return newVisitor(deps);
}

function newVisitor({ cookie, random }: VisitorDeps): Visitor {
  const secret = randomSecret(random);
  return { secret, headers: cookie.write(secret) };
}
