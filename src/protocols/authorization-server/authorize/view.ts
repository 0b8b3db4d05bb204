/** What the authorization page is shown, and who draws it: fulfilled by `pages/`. */
import type { Html } from '../../../base/page.ts';
import type { Wish } from './describe-scopes.ts';

type Form = { readonly action: string; readonly hidden: Readonly<Record<string, string>> };

export type AuthorizeView = {
  readonly app: string;
  /** `Patient/ann`. */
  readonly patient: string;
  readonly wishes: readonly Wish[];
  readonly lasts: string;
  readonly destination: string;
  /** Sent with `decision`, `allow` or `deny`. */
  readonly decide: Form;
  readonly signOut: Form;
};

export type AuthorizePages = { readonly authorize: (view: AuthorizeView) => Html };
