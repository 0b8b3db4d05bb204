/** An authorization request, with who is at the browser: the steps that asking and answering have in common. */
import type { FindPatient } from '../../../access/find-on-file.ts';
import { isInReach } from '../../../access/patient-in-reach.ts';
import type { Reply } from '../../../base/endpoint.ts';
import type { Failure } from '../../../base/failure.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { longestQuery, nextTo } from '../browser/next.ts';
import type { SignIn } from '../browser/sign-in.ts';
import type { Visitor } from '../browser/visitor.ts';
import type { ClientStore } from '../client-store.ts';
import { type CheckedRequest, checkRequest } from './check-request.ts';
import { formTargetOf } from './destination.ts';
import { type AuthorizationProblem, authorizationFailure, senderFailure } from './failures.ts';
import { findSender, type KnownSender } from './find-sender.ts';
import { type RequestParameters, readParameters } from './read-parameters.ts';

export type QuestionDeps = {
  readonly issuer: string;
  readonly clients: Pick<ClientStore, 'find'>;
  readonly findPatient: FindPatient;
  readonly signIn: SignIn;
  /** Of our own APIs, the FHIR bases. */
  readonly bases: readonly string[];
};

export type Question = KnownSender & {
  /** As it was sent. */
  readonly query: URLSearchParams;
  readonly parameters: RequestParameters;
  readonly checked: Result<CheckedRequest, AuthorizationProblem>;
  /** For `Page.formTargets`. */
  readonly formTargets: readonly string[];
};

export const authorizePath = '/oauth/authorize';

/** A failure is for the person at the browser: nobody knows yet where else it could go. */
export async function readQuestion(
  deps: QuestionDeps,
  query: URLSearchParams,
): Promise<Result<Question, Failure>> {
  if (query.toString().length > longestQuery) return err(senderFailure('too-long'));
  const parameters = readParameters(query);
  const sender = await findSender(deps.clients, parameters);
  if (!sender.ok) return err(senderFailure(sender.failure));
  const checked = checkRequest(deps, sender.value.client, parameters);
  const formTargets = [formTargetOf(sender.value.redirectUri)];
  return ok({ ...sender.value, query, parameters, checked, formTargets });
}

export const refused = (
  { issuer }: QuestionDeps,
  question: Question,
  problem: AuthorizationProblem,
): Result<never, Failure> => err(authorizationFailure(problem, issuer, question));

/** Comes back without `prompt`: by then somebody has signed in, which is what it could have asked for. */
export function askToSignIn(
  { signIn }: QuestionDeps,
  { query, formTargets }: Question,
  visitor: Visitor,
): Promise<Result<Reply, Failure>> {
  const asked = new URLSearchParams(query);
  asked.delete('prompt');
  return signIn.ask({ visitor, next: nextTo(authorizePath, asked), formTargets });
}

/** What the patient can be asked, and nobody but a patient who is still on file and whom the client is registered for. */
export async function answerable(
  deps: QuestionDeps,
  question: Question,
  patient: string,
): Promise<Result<CheckedRequest, AuthorizationProblem>> {
  if (!question.checked.ok) return question.checked;
  return (await isInReach(deps.findPatient, question.client, patient))
    ? question.checked
    : err('out-of-reach');
}
