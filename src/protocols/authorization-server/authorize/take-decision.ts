/** What the patient said (RFC 6749 §4.1.2): the request is checked as if it came for the first time, then a code goes out. */
import type { Reply } from '../../../base/endpoint.ts';
import type { Failure } from '../../../base/failure.ts';
import type { Instant } from '../../../base/instant.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { foreignForm, isFormOf } from '../browser/form-token.ts';
import { recognizeVisitor, type VisitorDeps } from '../browser/visitor.ts';
import type { IssueCode } from '../issue-code.ts';
import { redirectBack } from './failures.ts';
import { answerable, askToSignIn, type QuestionDeps, readQuestion, refused } from './question.ts';

export type DecisionDeps = QuestionDeps & VisitorDeps & { readonly issueCode: IssueCode };

export type PatientsDecision = {
  readonly decision: 'allow' | 'deny';
  readonly formToken: string | undefined;
  /** The request that the page was about. */
  readonly query: URLSearchParams;
};

export async function takeDecision(
  deps: DecisionDeps,
  { decision, formToken, query }: PatientsDecision,
  { headers, at }: { readonly headers: Headers; readonly at: Instant },
): Promise<Result<Reply, Failure>> {
  const visitor = await recognizeVisitor(deps, headers, at);
  if (!isFormOf(visitor, formToken)) return err(foreignForm);
  const read = await readQuestion(deps, query);
  if (!read.ok) return read;
  const question = read.value;
  const { patient } = visitor;
  if (patient === undefined) return await askToSignIn(deps, question, visitor);
  const asked = await answerable(deps, question, patient);
  if (!asked.ok) return refused(deps, question, asked.failure);
  if (decision === 'deny') return refused(deps, question, 'denied');
  const { client, redirectUri, isRedirectNamed } = question;
  const code = await deps.issueCode({ client, patient, redirectUri, isRedirectNamed, ...asked.value, at });
  return ok({ status: 303, location: redirectBack(deps.issuer, question, { code }) });
}
