/** Says that nobody is signed in any more. */
import { html } from 'hono/html';
import type { Html } from '../base/page.ts';
import { layout } from './layout.ts';

export const signedOutPage = (): Html =>
  layout({ heading: 'You are signed out', content: html`<p>You can close this page.</p>` });
