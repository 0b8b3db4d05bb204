/** Ends a session, and goes on to ask who is there now when the form says for what. */
import { z } from 'zod';
import { anyone, type Endpoint, endpoint, formBody } from '../../../base/endpoint.ts';
import { err, ok } from '../../../base/result.ts';
import { foreignForm, isFormOf } from './form-token.ts';
import { readNext } from './next.ts';
import type { BrowserPages } from './views.ts';
import { recognizeVisitor, signOut, type VisitorDeps } from './visitor.ts';

export type SignOutDeps = VisitorDeps & {
  readonly issuer: string;
  readonly pages: Pick<BrowserPages, 'signedOut'>;
};

export const signOutPath = '/sign-out';

const form = z.object({ form_token: z.string().optional(), next: z.string().optional() });

export const signOutEndpoint = (deps: SignOutDeps): Endpoint =>
  endpoint({
    name: 'signOut',
    method: 'post',
    path: signOutPath,
    summary: 'Sign out of this service, with a browser',
    limit: 'visits',
    guard: anyone,
    body: formBody(form),
    replies: {
      200: { description: 'a page that says so', schema: z.string(), mediaType: 'text/html' },
      303: { description: 'signed out; back to what was asked, as somebody else' },
    },
    async handle({ body, headers, at }) {
      const visitor = await recognizeVisitor(deps, headers, at);
      if (!isFormOf(visitor, body.form_token)) return err(foreignForm);
      const { headers: cookie } = await signOut(deps, visitor);
      const next = readNext(body.next);
      if (next === undefined)
        return ok({ status: 200, page: { html: deps.pages.signedOut() }, headers: cookie });
      return ok({ status: 303, location: `${deps.issuer}${next}`, headers: cookie });
    },
  });
