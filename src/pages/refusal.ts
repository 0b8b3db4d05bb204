/** What a person sees when something cannot be done: why, as far as they may know, and what to do now. */
import { html } from 'hono/html';
import type { Html } from '../base/page.ts';
import { layout } from './layout.ts';

export type Refusal = {
  readonly heading: string;
  /** As failures say it: lower case, no full stop. */
  readonly detail: string;
};

export const refusalPage = ({ heading, detail }: Refusal): Html =>
  layout({
    heading,
    content: html`<p>${sentence(detail)}</p>
<p>Nothing was changed. Close this page, or go back to the app you came from and try again.</p>`,
  });

/** Backticks are how our messages quote; a person reads quotation marks. */
const sentence = (detail: string): string => {
  const quoted = detail.replaceAll(/`([^`]*)`/g, '“$1”');
  return `${quoted.charAt(0).toUpperCase()}${quoted.slice(1)}.`;
};
