/** The page that asks whoever is signed in whether they ask for their own record. */
import { html } from 'hono/html';
import type { Html } from '../base/page.ts';
import type { ClaimsView } from '../protocols/uma/claims/view.ts';
import { hidden } from './form.ts';
import { layout } from './layout.ts';

export const claimsPage = (view: ClaimsView): Html =>
  layout({
    heading: `${view.app} needs to know who is asking`,
    content: html`<p>You are signed in as <strong><bdi>${view.patient}</bdi></strong>.</p>
<p><bdi>${view.app}</bdi> wants to see a health record. If it is your own, you can say so here.</p>
<h2>What happens next</h2>
<p>Whatever you choose, you are sent to <strong>${view.destination}</strong>. If you do not know it, choose Cancel.</p>
<form method="post" action="${view.say.action}">
${hidden(view.say.hidden)}
<button name="answer" value="self">I ask for my own record</button>
<button name="answer" value="nothing">Cancel</button>
</form>
<footer>
<form method="post" action="${view.signOut.action}">
${hidden(view.signOut.hidden)}
Not you? <button>Sign in as somebody else</button>
</form>
</footer>`,
  });
