/** How somebody at a browser comes to be signed in: whatever proves it, the pages that need it ask here. */
import type { Reply } from '../../../base/endpoint.ts';
import type { Failure } from '../../../base/failure.ts';
import { err, type Result } from '../../../base/result.ts';
import type { Visitor } from './visitor.ts';

type SignInCall = {
  readonly visitor: Visitor;
  /** Where to go on to (`next.ts`). */
  readonly next: string;
  /** For `Page.formTargets`: what comes next may lead on to there at once. */
  readonly formTargets: readonly string[];
};

export type SignIn = {
  /** The answer to a browser with which nobody is signed in. */
  readonly ask: (call: SignInCall) => Promise<Result<Reply, Failure>>;
};

/** Where nothing is set up to sign in with. */
export const nobodySignsIn: SignIn = {
  ask: async () =>
    err({
      kind: 'unavailable',
      code: 'temporarily_unavailable',
      detail: 'nobody can sign in here yet',
      cause: 'no-sign-in',
    }),
};
