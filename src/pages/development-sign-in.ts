/** The form that signs anybody in as any patient, which says of itself that it is for development. */
import { html } from 'hono/html';
import type { Html } from '../base/page.ts';
import type { DevelopmentSignInView } from '../protocols/authorization-server/browser/views.ts';
import { hidden } from './form.ts';
import { layout } from './layout.ts';

export const developmentSignInPage = (view: DevelopmentSignInView): Html =>
  layout({
    heading: 'Who are you?',
    content: html`<p class="notice"><strong>For development only.</strong> Anybody who can read the log of this service can
sign in here as any patient. It is served on this computer alone.</p>
<form method="post" action="${view.action}">
${hidden(view.hidden)}
<label for="patient">Patient id</label>
<input id="patient" name="patient" required autofocus autocomplete="off" placeholder="Patient/…">
<label for="code">Code from the log (<code>sign-in.development</code>)</label>
<input id="code" name="code" required autocomplete="off">
<button>Sign in</button>
</form>`,
  });
