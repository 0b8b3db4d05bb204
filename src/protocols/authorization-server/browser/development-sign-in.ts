/** Signs anybody in as any patient, for development on one's own machine alone, until an OpenID provider does it. */
import { z } from 'zod';
import type { FindPatient } from '../../../access/find-on-file.ts';
import { type Endpoint, endpoint, formBody, type Guard } from '../../../base/endpoint.ts';
import type { Failure } from '../../../base/failure.ts';
import { err, ok } from '../../../base/result.ts';
import { equalInConstantTime, keyedHash } from '../hash.ts';
import { foreignForm, formTokenOf, isFormOf } from './form-token.ts';
import { isLoopbackHost } from './loopback.ts';
import { readNext } from './next.ts';
import type { SignIn } from './sign-in.ts';
import type { BrowserPages } from './views.ts';
import { recognizeVisitor, signIn, type VisitorDeps } from './visitor.ts';

export type DevelopmentSignInDeps = VisitorDeps & {
  readonly issuer: string;
  readonly keySecret: string;
  readonly findPatient: FindPatient;
  readonly pages: Pick<BrowserPages, 'developmentSignIn'>;
  /** Shows the code to whoever runs the service. */
  readonly tellCode: (code: string) => void;
};

export const isForDevelopment = (issuer: string): boolean => isLoopbackHost(new URL(issuer).hostname);

const path = '/sign-in';

/** INVARIANT: of an issuer on loopback alone; any other is a mistake of ours, and ends the start. */
export function developmentSignIn(deps: DevelopmentSignInDeps): SignIn & { readonly endpoint: Endpoint } {
  if (!isForDevelopment(deps.issuer)) throw new Error('the development sign-in is for loopback issuers');
  return {
    endpoint: answerForm(deps),
    async ask({ visitor, next, formTargets }) {
      deps.tellCode(codeOf(deps));
      const hidden = { form_token: formTokenOf(visitor), next };
      const html = deps.pages.developmentSignIn({ action: `${deps.issuer}${path}`, hidden });
      return ok({ status: 200, page: { html, formTargets }, headers: visitor.headers });
    },
  };
}

const form = z.object({
  form_token: z.string().optional(),
  next: z.string().optional(),
  patient: z.string().optional(),
  code: z.string().optional(),
});

const answerForm = (deps: DevelopmentSignInDeps): Endpoint =>
  endpoint({
    name: 'signInForDevelopment',
    method: 'post',
    path,
    summary: 'Sign in as a patient, on the machine of a developer',
    limit: 'visits',
    guard: onThisMachine,
    body: formBody(form),
    replies: { 303: { description: 'signed in; on to what was asked before' } },
    async handle({ body, headers, at }) {
      const visitor = await recognizeVisitor(deps, headers, at);
      if (!isFormOf(visitor, body.form_token)) return err(foreignForm);
      const next = readNext(body.next);
      if (next === undefined) return err(nowhereToGo);
      const patient = await proven(deps, body);
      if (patient === undefined) return err(notProven);
      const { headers: cookie } = await signIn(deps, visitor, patient, at);
      return ok({ status: 303, location: `${deps.issuer}${next}`, headers: cookie });
    },
  });

/** A page of its own and not the form again, which did not come here with what its policy needs. */
const notProven: Failure = {
  kind: 'forbidden',
  code: 'access_denied',
  detail: 'nobody by that id is on file, or the code is another: go back one page to try again',
  cause: 'not-proven',
};

/** The code before the patient, so that without it nobody learns who is on file. */
async function proven(
  deps: DevelopmentSignInDeps,
  { patient = '', code = '' }: z.output<typeof form>,
): Promise<string | undefined> {
  const isRight = equalInConstantTime(code.trim(), codeOf(deps));
  const name = patient.trim();
  if (!isRight || name === '') return undefined;
  return (await deps.findPatient(name.includes('/') ? name : `Patient/${name}`))?.reference;
}

/** Known to whoever reads the log: a web page or another user of the same machine does not. */
const codeOf = ({ keySecret }: DevelopmentSignInDeps): string =>
  keyedHash(keySecret, 'development sign-in').slice(0, 16);

/** A page elsewhere whose name was made to lead to this machine (DNS rebinding) still sends its own name. */
const onThisMachine: Guard<undefined> = {
  admit: async (headers) => {
    const host = `http://${headers.get('host') ?? 'localhost'}`;
    return URL.canParse(host) && isLoopbackHost(new URL(host).hostname) ? ok() : err(notHere);
  },
};

const notHere: Failure = { kind: 'not-found', code: 'not-found', detail: 'nothing is served at this path' };

const nowhereToGo: Failure = {
  kind: 'malformed',
  code: 'invalid_request',
  detail: 'it is not known where to go on to: start again from your app',
};
