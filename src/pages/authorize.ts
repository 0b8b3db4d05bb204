/** The page that asks a patient: who wants what, what for, how long, and where it goes from here. */
import { html } from 'hono/html';
import type { Html } from '../base/page.ts';
import type { AuthorizeView } from '../protocols/authorization-server/authorize/view.ts';
import { hidden } from './form.ts';
import { layout } from './layout.ts';

export const authorizePage = (view: AuthorizeView): Html =>
  layout({
    heading: `${view.app} asks for your permission`,
    content: html`<p>You are signed in as <strong>${view.patient}</strong>.</p>
<h2>What ${view.app} wants to do</h2>
<ul>
${view.wishes.map(({ what, why }) => html`<li>${what}<small>${why}</small></li>`)}
</ul>
<h2>How long</h2>
<p>${capitalized(view.lasts)}.</p>
<h2>What happens next</h2>
<p>Whatever you choose, you are sent to <strong>${view.destination}</strong>. If you do not know it, choose Deny.</p>
<form method="post" action="${view.decide.action}">
${hidden(view.decide.hidden)}
<button name="decision" value="allow">Allow</button>
<button name="decision" value="deny">Deny</button>
</form>
<footer>
<form method="post" action="${view.signOut.action}">
${hidden(view.signOut.hidden)}
Not you? <button>Sign in as somebody else</button>
</form>
</footer>`,
  });

const capitalized = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
