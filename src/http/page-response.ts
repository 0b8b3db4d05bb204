/** A page on its way to a browser: nothing but itself may load, nobody may frame it, it leaves no trace behind. */
import type { Page } from '../base/page.ts';
import { styleDigest } from '../pages/style.ts';

export function pageResponse(
  status: number,
  { html, formTargets = [] }: Page,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(html, {
    status,
    headers: {
      ...headers,
      ...kept,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy(formTargets),
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
    },
  });
}

/** To another page, by GET whatever the method was (RFC 9700 §4.12). */
export const seeOther = (location: string, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(null, { status: 303, headers: { ...headers, ...kept, location } });

/** By nobody on the way, and not in the `Referer` of where the browser goes next (RFC 9700 §4.2.4). */
const kept = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };

/** oauth-baseline.md, RFC 9700 row 8. Forms are followed through their redirects, so that those need a place here too. */
const policy = (formTargets: readonly string[]): string =>
  [
    "default-src 'none'",
    `style-src '${styleDigest}'`,
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
