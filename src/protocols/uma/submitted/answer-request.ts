/** The patient answers a request that waits. Yes is a consent, filed like any other: the engine decides with it. */
import type { AnswerEntry } from '../../../audit/audit-log.ts';
import type { RandomBytes } from '../../../base/clock.ts';
import type { Failure } from '../../../base/failure.ts';
import { randomId } from '../../../base/ids.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import type { Transact } from '../../../base/transact.ts';
import type { ClientStore } from '../../authorization-server/client-store.ts';
import { isWithinRegistrations, type ReachDeps, registrationsBehind } from '../party/within-registrations.ts';
import { approvingConsents } from './approving-consent.ts';
import type { ConsentStores, FileConsent, Filing } from './file-consent.ts';
import { isWaiting, liveAt } from './submitted-request.ts';
import type {
  Answer,
  RequestOnFile,
  SubmittedRequest,
  SubmittedRequestStore,
} from './submitted-request-store.ts';

export type AnswerDeps = ReachDeps & {
  readonly clients: Pick<ClientStore, 'find'>;
  readonly issuer: string;
  readonly submittedRequests: Pick<SubmittedRequestStore, 'find'>;
  readonly random: RandomBytes;
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
  if (!request || (answer === 'approved' && !(await mayStillAsk(deps, request)))) return err(noSuchRequest);
  const allowed = mayAnswer(request, filing.caller);
  if (!allowed.ok) return allowed;
  if (!isWaiting(request, filing.at)) return err(alreadyAnswered);
  const consents = answer === 'approved' ? approvingConsents(deps.issuer, request, filing.at) : [];
  const checks = await Promise.all(consents.map((consent) => deps.fileConsent(consent, filing)));
  const refused = checks.find((each) => !each.ok);
  if (refused && !refused.ok) return refused;
  const checked = checks.flatMap((each) => (each.ok ? each.value : []));
  const ids = checked.map((consent) => consent.id);
  return await deps.transact(async (stores) => {
    // Of two answers at once the second files nothing.
    if (!(await stores.submittedRequests.answer(id, answer, liveAt(filing.at), ids)))
      return err(alreadyAnswered);
    const record = recordOfAnswer(randomId(deps.random), request, { answer, consents: ids }, filing);
    await Promise.all([...checked.map((consent) => consent.file(stores)), stores.audit.append([record])]);
    return ok({ answer, consents: ids });
  });
}

/** The patient may have left its reach since, or that of the client it asks for; a no is taken all the same. */
const mayStillAsk = async (deps: AnswerDeps, { patient, client, party }: RequestOnFile): Promise<boolean> =>
  await isWithinRegistrations(deps, patient, registrationsBehind(deps, client, party));

/**
 * Yes or no alike: a client of this patient alone, which may therefore file consents in the patient's name, and which does
 * not ask here, be it itself or through a server that asks on its behalf (cascaded-authorization.md D8, T4).
 */
function mayAnswer(
  { patient, clientId, party }: SubmittedRequest,
  caller: Filing['caller'],
): Result<undefined, Failure> {
  if (caller.patient !== patient) return err(noSuchRequest);
  const isAsking = clientId === caller.clientId || party.requester.clientId === caller.clientId;
  return isAsking ? err(ownRequest) : ok();
}

/** Also of a no, which leaves nothing else behind. */
const recordOfAnswer = (
  id: string,
  { id: request, patient, clientId, process, party }: SubmittedRequest,
  { answer, consents }: Answered,
  { at, requestId, caller, address }: Filing,
): AnswerEntry => ({
  kind: 'answer',
  id,
  recordedAt: at,
  patient,
  answer,
  request,
  consents: consents.map((consent) => `Consent/${consent}/_history/1`),
  purposes: party.purposes,
  requester: party.requester,
  askedBy: { clientId },
  circumstances: {
    door: 'user',
    clientId: caller.clientId,
    requestId,
    tokenId: caller.tokenId,
    transaction: process,
    ...(address === undefined ? {} : { address }),
  },
});

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
