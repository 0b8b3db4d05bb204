/** The patient answers a request that waits. Yes is a consent, filed like any other: the engine decides with it. */
import type { Failure } from '../../../base/failure.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import type { Transact } from '../../../base/transact.ts';
import { approvingConsents } from './approving-consent.ts';
import type { ConsentStores, FileConsent, Filing } from './file-consent.ts';
import { isOver } from './submitted-request.ts';
import type { Answer, SubmittedRequestStore } from './submitted-request-store.ts';

export type AnswerDeps = {
  readonly issuer: string;
  readonly submittedRequests: Pick<SubmittedRequestStore, 'find'>;
  readonly fileConsent: FileConsent;
  readonly transact: Transact<
    ConsentStores & { readonly submittedRequests: Pick<SubmittedRequestStore, 'answer'> }
  >;
};

export type Answered = {
  readonly answer: Answer;
  /** Ids of the consents that were filed. */
  readonly consents: readonly string[];
};

/** @param filing by whom and when; `caller.patient` is the patient who answers */
export async function answerRequest(
  deps: AnswerDeps,
  id: string,
  answer: Answer,
  filing: Filing,
): Promise<Result<Answered, Failure>> {
  const { patient } = filing.caller;
  const request = patient === undefined ? undefined : await deps.submittedRequests.find(patient, id);
  if (!request) return err(noSuchRequest);
  if (request.clientId === filing.caller.clientId) return err(ownRequest);
  if (request.answer !== undefined || isOver(request, filing.at)) return err(alreadyAnswered);
  const consents = answer === 'approved' ? approvingConsents(deps.issuer, request, filing.at) : [];
  const checks = await Promise.all(consents.map((consent) => deps.fileConsent(consent, filing)));
  const refused = checks.find((each) => !each.ok);
  if (refused && !refused.ok) return refused;
  const checked = checks.flatMap((each) => (each.ok ? each.value : []));
  const ids = checked.map((consent) => consent.id);
  return await deps.transact(async (stores) => {
    // Of two answers at once the second files nothing.
    if (!(await stores.submittedRequests.answer(id, answer, filing.at, ids))) return err(alreadyAnswered);
    await Promise.all(checked.map((consent) => consent.file(stores)));
    return ok({ answer, consents: ids });
  });
}

/** Of others, and of nobody, alike. */
export const noSuchRequest: Failure = {
  kind: 'not-found',
  code: 'not-found',
  detail: 'no such request',
};

/** Else an app that is pinned to a patient could ask, and say yes in the patient's name. */
const ownRequest: Failure = {
  kind: 'forbidden',
  code: 'forbidden',
  detail: 'a client does not answer its own request',
};

const alreadyAnswered: Failure = {
  kind: 'conflict',
  code: 'conflict',
  detail: 'the request does not wait for an answer any more',
};
