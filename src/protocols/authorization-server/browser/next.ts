/** Where a browser goes on to once somebody has signed in: a page of ours, with the question it came with. */

/** Those that ask for somebody to sign in. */
const doors: ReadonlySet<string> = new Set(['/oauth/authorize', '/uma/claims']);

/** A question longer than that was not asked in good faith; nor would every server on the way take it. */
export const longestQuery = 8192;

/**
 * INVARIANT: path and query of one of our doors, whatever the browser sent back: nowhere else can it be led. What is
 * asked there is checked there again.
 */
export function readNext(text: string | undefined): string | undefined {
  const [path = '', ...rest] = (text ?? '').split('?');
  const query = rest.join('?');
  if (!doors.has(path) || query.length > longestQuery) return undefined;
  return nextTo(path, new URLSearchParams(query));
}

/** Written anew, so that nothing in it can end the line or the query. */
export const nextTo = (path: string, parameters: URLSearchParams): string => `${path}?${parameters}`;
