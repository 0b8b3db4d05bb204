/** What the pages about signing in are shown, and who draws them: fulfilled by `pages/`. */
import type { Html } from '../../../base/page.ts';

export type DevelopmentSignInView = {
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
};

export type BrowserPages = {
  readonly developmentSignIn: (view: DevelopmentSignInView) => Html;
  readonly signedOut: () => Html;
};
