/** A page for a browser as data: its markup, and where its forms may lead. */

/** Markup in which everything that came from outside is escaped; made in `pages/` alone. */
export type Html = string & { readonly [markup]: true };
declare const markup: unique symbol;

export type Page = {
  readonly html: Html;
  /** Beside ourselves, where its forms may end by way of redirects, as sources of a policy (CSP 3 §6.4.1). */
  readonly formTargets?: readonly string[];
};
