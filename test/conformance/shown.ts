/** What the authorization endpoint shows, or where it sends the browser. */
import { expect } from 'vitest';
import { answerIn, type Shown } from '../support/at-a-browser.ts';

/** Sent nowhere, and told why. */
export const isPage = (shown: Shown): void => {
  expect([shown.status, shown.location]).toEqual([400, '']);
  expect(shown.headers.get('content-type')).toBe('text/html; charset=utf-8');
};
export const isAsked = (shown: Shown): void =>
  expect([shown.status, shown.text]).toEqual([200, expect.stringContaining('asks for your permission')]);
export const refusal = (shown: Shown) => [shown.status, answerIn(shown)['error']];
