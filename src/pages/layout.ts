/** What every page has in common: complete without a script, and with nothing from anywhere else. */
import { html, raw } from 'hono/html';
import type { Html } from '../base/page.ts';
import { style } from './style.ts';

/** What the `html` template makes: what is put in is escaped unless it is markup itself. */
export type Markup = ReturnType<typeof html>;

export type Layout = {
  /** Heads the page, and names it in the list of windows. */
  readonly heading: string;
  readonly content: Markup;
};

/** The sheet is no child but text of ours: a policy names it by its digest, so that not a character may be escaped. */
const sheet = raw(`<style>${style}</style>`);

export const layout = ({ heading, content }: Layout): Html =>
  String(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${heading} – Headwater</title>
${sheet}
</head>
<body>
<main>
<h1>${heading}</h1>
${content}
</main>
</body>
</html>
`) as Html;
