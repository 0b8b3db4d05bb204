/** Puts to the patient what no consent permits, and keeps the client waiting (UMA Grant §3.3.6 `request_submitted`). */
import { nobody } from '../../../access/patient-in-reach.ts';
import { randomId } from '../../../base/ids.ts';
import type { UmaProblem } from '../failures.ts';
import { askable } from '../permission/asked-access.ts';
import { liveAt, mostWaiting, startWaiting, waitingTicketEnd } from '../submitted/submitted-request.ts';
import type { SubmittedRequest } from '../submitted/submitted-request-store.ts';
import { issueTicket } from '../ticket/ticket.ts';
import { heldClaims } from './collect-claims.ts';
import { type IssueDeps, type Redemption, recordsOf } from './issue-rpt.ts';

/**
 * Whether the patient may be asked: by the registration of the client, once in a process, and about something a consent can say. Nothing
 * of it depends on the patient or on what the consents say, so that the answer tells nothing of either.
 */
export const mayBeSubmitted = ({ client, submitted, permissions, resources }: Redemption): boolean =>
  client.asynchronousApproval === true &&
  submitted === undefined &&
  askable(permissions, resources).length > 0;

/**
 * INVARIANT: the same steps whatever the reason; only whether a patient will ever see it differs. Denied where too many
 * wait, which the client can count for itself.
 */
export async function submitRequest(deps: IssueDeps, redemption: Redemption): Promise<UmaProblem> {
  const { ticket, client, at } = redemption;
  const request = requestFrom(deps, redemption);
  const successor = await deps.transact(async (stores) => {
    const [isSubmitted] = await Promise.all([
      stores.submittedRequests.submit(request, mostWaiting, liveAt(at)),
      stores.audit.append(recordsOf(redemption)),
    ]);
    if (!isSubmitted) return undefined;
    return await issueTicket(
      { tickets: stores.tickets, random: deps.random },
      { ...ticket, clientId: client.id, claims: heldClaims(redemption) },
      at,
      waitingTicketEnd(at),
    );
  });
  if (successor === undefined) return { reason: 'denied' };
  return { reason: 'submitted', ticket: successor, intervalSeconds: request.intervalSeconds };
}

function requestFrom({ random }: IssueDeps, redemption: Redemption): SubmittedRequest {
  const { ticket, client, party, answer, permissions, resources, at } = redemption;
  return {
    id: randomId(random),
    process: ticket.process,
    // A client that is not registered for the patient waits like any other, and bothers nobody.
    patient: answer.isOutOfReach ? nobody : ticket.patient,
    about: ticket.patient,
    clientId: client.id,
    resourceServer: ticket.resourceServer,
    permissions: askable(permissions, resources),
    party,
    ...startWaiting(at),
  };
}
