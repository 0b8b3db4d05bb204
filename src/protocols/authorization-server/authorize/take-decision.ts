/** What the patient said (RFC 6749 §4.1.2): the request is checked as if it came for the first time, then a code goes out. */
import type { AuditLog } from '../../../audit/audit-log.ts';
import type { Asked, Reply } from '../../../base/endpoint.ts';
import type { Failure } from '../../../base/failure.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { foreignForm, isFormOf } from '../browser/form-token.ts';
import { recognizeVisitor, type VisitorDeps } from '../browser/visitor.ts';
import type { IssueCode } from '../issue-code.ts';
import { recordOfWord } from '../record-authorization.ts';
import { redirectBack } from './failures.ts';
import { answerable, askToSignIn, type QuestionDeps, readQuestion, refused } from './question.ts';

export type DecisionDeps = QuestionDeps &
  VisitorDeps & { readonly issueCode: IssueCode; readonly audit: AuditLog };

export type DecisionCall = Pick<Asked, 'headers' | 'at' | 'requestId' | 'address'>;

export type PatientsDecision = {
  readonly decision: 'allow' | 'deny';
  readonly formToken: string | undefined;
  /** The request that the page was about. */
  readonly query: URLSearchParams;
};

export async function takeDecision(
  deps: DecisionDeps,
  { decision, formToken, query }: PatientsDecision,
  { headers, at, requestId, address }: DecisionCall,
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
  const { client, redirectUri, isRedirectNamed } = question;
  const word = {
    ...asked.value,
    client,
    patient,
    at,
    requestId,
    ...(address === undefined ? {} : { address }),
  };
  if (decision === 'deny') {
    await deps.audit.append([recordOfWord(deps.random, word)]);
    return refused(deps, question, 'denied');
  }
  const code = await deps.issueCode({ ...word, redirectUri, isRedirectNamed });
  return ok({ status: 303, location: redirectBack(deps.issuer, question, { code }) });
}
