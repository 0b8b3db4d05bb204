/** How long a request waits for its patient, and how often the client may ask (uma2.md §10, Polling). */
import { type Instant, plusSeconds } from '../../../base/instant.ts';
import type { Live, MostWaiting, Poll, SubmittedRequest } from './submitted-request-store.ts';

/** As long as somebody may be on holiday; a process that waits does not end after an hour as others do. */
const longestWaitSeconds = 7 * 86_400;
const firstIntervalSeconds = 30;
const longestIntervalSeconds = 900;
/** Well beyond the longest interval (UMA Grant §5.5). */
const ticketSeconds = 3600;

/** More than the clinicians of one app who ask about a patient in a week; more than a hospital asks of all its patients. */
export const mostWaiting: MostWaiting = { ofAccount: 5, ofPatient: 20, ofClient: 10_000 };

/** The ticket of a request that waits: not shortened by the end of the waiting, so that the last poll learns of it. */
export const waitingTicketEnd = (at: Instant): Instant => plusSeconds(at, ticketSeconds);

export const startWaiting = (at: Instant) => ({
  submittedAt: at,
  expiresAt: plusSeconds(at, longestWaitSeconds),
  intervalSeconds: firstIntervalSeconds,
  polledAt: at,
});

export const isOver = ({ expiresAt }: SubmittedRequest, at: Instant): boolean => expiresAt <= at;

/** Whoever stopped polling has no ticket any more under which an answer could be had. */
export const liveAt = (at: Instant): Live => ({ at, polledAfter: plusSeconds(at, -ticketSeconds) });

export const isWaiting = (request: SubmittedRequest, at: Instant): boolean =>
  request.answer === undefined && !isOver(request, at) && request.polledAt > liveAt(at).polledAfter;

/** Who comes too early has to leave twice the time from then on. */
export function nextPoll({ polledAt, intervalSeconds }: SubmittedRequest, at: Instant): Poll {
  const isEarly = at < plusSeconds(polledAt, intervalSeconds);
  const longer = Math.min(intervalSeconds * 2, longestIntervalSeconds);
  return { polledAt: at, intervalSeconds: isEarly ? longer : intervalSeconds };
}
