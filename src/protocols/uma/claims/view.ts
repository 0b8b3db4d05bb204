/** What the page that gathers claims is shown, and who draws it: fulfilled by `pages/`. */
import type { Html } from '../../../base/page.ts';

type Form = { readonly action: string; readonly hidden: Readonly<Record<string, string>> };

export type ClaimsView = {
  readonly app: string;
  /** `Patient/ann`: who is signed in. INVARIANT: nothing of whose record is asked for. */
  readonly patient: string;
  readonly destination: string;
  /** Sent with `answer`, `self` or `nothing`. */
  readonly say: Form;
  readonly signOut: Form;
};

export type ClaimsPages = { readonly claims: (view: ClaimsView) => Html };
