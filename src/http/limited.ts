/** Handles a request within what is allowed of its kind: who came too often is told when to come again. */
import ipaddr from 'ipaddr.js';
import { type Limit, type RateLimiter, tooMany } from '../access/rate-limit.ts';
import type { Call, Endpoint, Reply } from '../base/endpoint.ts';
import type { Failure } from '../base/failure.ts';
import type { Instant } from '../base/instant.ts';
import { err, type Result } from '../base/result.ts';
import { bringsProof, claimedClient } from '../protocols/authorization-server/claimed-client.ts';

export type Limits = {
  /** Authentications of one client from one network that failed. */
  readonly failures: Limit;
  /** Of all clients from one network. */
  readonly failuresOfNetwork: Limit;
  /** All requests from one network that bring credentials. */
  readonly requests: Limit;
  /** Somebody with a browser, before we know who. */
  readonly visits: Limit;
};

export type Limiting = { readonly limiter: RateLimiter; readonly limits: Limits };

type Handle = (call: Call) => Promise<Result<Reply, Failure>>;

export async function handleWithinLimits(
  limiting: Limiting | undefined,
  endpoint: Endpoint,
  call: Call,
): Promise<Result<Reply, Failure>> {
  const handle = endpoint.handle as Handle;
  const network = networkOf(call.address);
  if (!limiting || endpoint.limit === undefined || network === undefined) return await handle(call);
  return endpoint.limit === 'visits'
    ? await handleVisit(limiting, network, handle, call)
    : await handleAttempt(limiting, network, handle, call);
}

/** Counted before: what is tried there may be short enough to guess. */
async function handleVisit(
  { limiter, limits }: Limiting,
  network: string,
  handle: Handle,
  call: Call,
): Promise<Result<Reply, Failure>> {
  const visits = { limit: limits.visits, who: network };
  // Nothing within another page: otherwise anybody's page could use up what a whole network is allowed.
  if ((call.headers.get('sec-fetch-mode') ?? 'navigate') !== 'navigate') return err(notOpened);
  const until = fullest(limiter, [visits], call.at) ?? (await limiter.count([visits], call.at));
  return until === undefined ? await handle(call) : err(tooMany(until, call.at));
}

/** Who succeeds pays nothing for it: only failures are counted for all instances, and each learns by its own next one. */
async function handleAttempt(
  { limiter, limits }: Limiting,
  network: string,
  handle: Handle,
  call: Call,
): Promise<Result<Reply, Failure>> {
  const client = claimedClient(call.text, call.headers);
  const failures = mayBeGuessing(call)
    ? [
        ...(client === undefined ? [] : [{ limit: limits.failures, who: `${client} ${network}` }]),
        { limit: limits.failuresOfNetwork, who: network },
      ]
    : [];
  const requests = { limit: limits.requests, who: network };
  const until = fullest(limiter, [...failures, requests], call.at);
  if (until !== undefined) return err(tooMany(until, call.at));
  await limiter.tally(requests, call.at);
  const reply = await handle(call);
  // INVARIANT: a failure that could not be counted is not answered, so that nobody guesses without being counted.
  if (!reply.ok && reply.failure.kind === 'unauthenticated') await limiter.count(failures, call.at);
  return reply;
}

/**
 * Whoever was admitted already guesses nothing, nor does a name alone: to count those would let anybody fill the bucket
 * of others.
 */
const mayBeGuessing = ({ caller, headers, text }: Call): boolean =>
  caller === undefined && bringsProof(text, headers);

const notOpened: Failure = {
  kind: 'forbidden',
  code: 'access_denied',
  detail: 'this page is opened in a window of its own',
};

function fullest(
  limiter: RateLimiter,
  buckets: Parameters<RateLimiter['count']>[0],
  at: Instant,
): Instant | undefined {
  return buckets
    .map((bucket) => limiter.fullUntil(bucket, at))
    .filter((until) => until !== undefined)
    .sort((a, b) => b - a)[0];
}

/** One household or one rented machine has a whole /64 of IPv6. */
export function networkOf(address: string | undefined): string | undefined {
  if (address === undefined || !ipaddr.isValid(address)) return undefined;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6
    ? `${parsed.parts
        .slice(0, 4)
        .map((part) => part.toString(16))
        .join(':')}::/64`
    : parsed.toString();
}
