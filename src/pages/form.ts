/** Fields that a form carries without showing them; whoever reads them believes none. */
import { html } from 'hono/html';
import type { Markup } from './layout.ts';

export const hidden = (fields: Readonly<Record<string, string>>): readonly Markup[] =>
  Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">
`,
  );
