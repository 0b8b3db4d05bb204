/** Answers an authorization request (RFC 6749 §4.1.1): with a page that asks the patient, or with what stands against it. */
import type { Reply } from '../../../base/endpoint.ts';
import type { Failure } from '../../../base/failure.ts';
import type { Instant } from '../../../base/instant.ts';
import { ok, type Result } from '../../../base/result.ts';
import { formTokenOf } from '../browser/form-token.ts';
import { nextTo } from '../browser/next.ts';
import { signOutPath } from '../browser/sign-out.ts';
import { recognizeVisitor, type Visitor, type VisitorDeps } from '../browser/visitor.ts';
import type { Client } from '../client.ts';
import { staysRefreshable } from '../issue-code.ts';
import { describeLife } from './describe-life.ts';
import { describeScopes } from './describe-scopes.ts';
import { describeDestination } from './destination.ts';
import {
  answerable,
  askToSignIn,
  authorizePath,
  type Question,
  type QuestionDeps,
  readQuestion,
  refused,
} from './question.ts';
import { promptsIn } from './read-parameters.ts';
import type { AuthorizePages, AuthorizeView } from './view.ts';

export type AskDeps = QuestionDeps & VisitorDeps & { readonly pages: AuthorizePages };

export const decisionPath = `${authorizePath}/decision`;

export async function askPatient(
  deps: AskDeps,
  query: URLSearchParams,
  { headers, at }: { readonly headers: Headers; readonly at: Instant },
): Promise<Result<Reply, Failure>> {
  const read = await readQuestion(deps, query);
  if (!read.ok) return read;
  const question = read.value;
  const visitor = await recognizeVisitor(deps, headers, at);
  const prompts = promptsIn(question.parameters);
  if (prompts.includes('none')) return refused(deps, question, whySilenceFails(question, visitor));
  // Before anything is found wrong with the request: nobody is sent on who did not act here (RFC 9700 §4.11.2).
  if (visitor.patient === undefined || prompts.some((prompt) => signsInAgain.has(prompt)))
    return await askToSignIn(deps, question, visitor);
  const asked = await answerable(deps, question, visitor.patient);
  if (!asked.ok) return refused(deps, question, asked.failure);
  const view = await viewOf(deps, {
    question,
    visitor,
    patient: visitor.patient,
    scopes: asked.value.scopes,
    at,
  });
  const page = { html: deps.pages.authorize(view), formTargets: question.formTargets };
  return ok({ status: 200, page, headers: visitor.headers });
}

const signsInAgain: ReadonlySet<string> = new Set(['login', 'select_account']);

/** OpenID Connect Core §3.1.2.6. The patient is asked each time, so that without asking nothing is ever granted. */
function whySilenceFails({ checked }: Question, { patient }: Visitor) {
  if (!checked.ok) return checked.failure;
  return patient === undefined ? 'login-required' : 'interaction-required';
}

type Asked = {
  readonly question: Question;
  readonly visitor: Visitor;
  readonly patient: string;
  readonly scopes: readonly string[];
  readonly at: Instant;
};

async function viewOf(
  { issuer }: AskDeps,
  { question, visitor, patient, scopes, at }: Asked,
): Promise<AuthorizeView> {
  const { client, query, redirectUri } = question;
  const isLasting = staysRefreshable(client, scopes);
  const name = readableName(client);
  const formToken = { form_token: formTokenOf(visitor) };
  return {
    app: name,
    patient,
    wishes: describeScopes(scopes, { name, isLasting }) ?? [],
    lasts: describeLife(isLasting, at),
    destination: describeDestination(redirectUri),
    decide: { action: `${issuer}${decisionPath}`, hidden: { ...formToken, request: query.toString() } },
    signOut: {
      action: `${issuer}${signOutPath}`,
      hidden: { ...formToken, next: nextTo(authorizePath, query) },
    },
  };
}

/** Without the characters that are not seen and turn around or hide what stands beside them. */
const readableName = ({ name }: Pick<Client, 'name'>): string =>
  name.replaceAll(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu, '');
