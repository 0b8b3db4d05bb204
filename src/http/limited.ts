/** Handles a request within what is allowed of its kind: who came too often is told when to come again. */
import ipaddr from 'ipaddr.js';
import { type RateLimiter, tooMany } from '../access/rate-limit.ts';
import { type Bucket, type Limit, latest } from '../access/rate-memory.ts';
import { type Asked, anyone, type Call, type Endpoint, type Reply } from '../base/endpoint.ts';
import type { Failure } from '../base/failure.ts';
import type { Instant } from '../base/instant.ts';
import { err, type Result } from '../base/result.ts';
import { bringsProof, claimedClient } from '../protocols/authorization-server/claimed-client.ts';
import { isBasic } from '../protocols/authorization-server/client-secret.ts';

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

/** Before anything but the headers is read: what a network is allowed by its address alone. */
export async function refuseByNetwork(
  limiting: Limiting | undefined,
  { limit }: Pick<Endpoint, 'limit'>,
  { headers, address, at }: Asked,
): Promise<Failure | undefined> {
  const network = networkOf(address);
  if (!limiting || limit === undefined || network === undefined) return undefined;
  // Nothing within another page: otherwise anybody's page could use up what a whole network is allowed.
  if (limit === 'visits' && (headers.get('sec-fetch-mode') ?? 'navigate') !== 'navigate') return notOpened;
  const until = await countedUntil(limiting, limit, { network, headers, at });
  return until === undefined ? undefined : tooMany(until, at);
}

type Comer = { readonly network: string; readonly headers: Headers; readonly at: Instant };

/** When to come again. A visit counts whatever becomes of it: what is tried there may be short enough to guess. */
async function countedUntil(
  { limiter, limits }: Limiting,
  limit: 'attempts' | 'visits',
  { network, headers, at }: Comer,
): Promise<Instant | undefined> {
  const of = (name: keyof Limits): Bucket => ({ limit: limits[name], who: network });
  const [visits, requests] = [of('visits'), of('requests')];
  if (limit === 'visits') return limiter.fullUntil(visits, at) ?? (await limiter.count([visits], at));
  const failed = headers.has('authorization')
    ? limiter.surelyFullUntil(of('failuresOfNetwork'), at)
    : undefined;
  const until = latest([limiter.fullUntil(requests, at), failed].filter((end) => end !== undefined));
  if (until === undefined) await limiter.tally(requests, at);
  return until;
}

/** A bearer token that is believed by nobody is a failure to authenticate like any other. */
export async function admitWithinLimits(
  limiting: Limiting | undefined,
  { guard, limit }: Pick<Endpoint, 'guard' | 'limit'>,
  { headers, address, at, target }: Asked,
): Promise<Result<unknown, Failure>> {
  const admit = () => guard.admit(headers, at, target);
  const network = networkOf(address);
  const authorization = headers.get('authorization') ?? '';
  const isAttempt = guard !== anyone && authorization !== '' && !isBasic(authorization);
  if (!limiting || limit !== 'attempts' || network === undefined || !isAttempt) return await admit();
  return await attempted(limiting, [{ limit: limiting.limits.failuresOfNetwork, who: network }], admit, at);
}

export async function handleWithinLimits(
  limiting: Limiting | undefined,
  endpoint: Endpoint,
  call: Call,
): Promise<Result<Reply, Failure>> {
  const handle = () => (endpoint.handle as Handle)(call);
  const network = networkOf(call.address);
  if (!limiting || endpoint.limit !== 'attempts' || network === undefined || !mayBeGuessing(call))
    return await handle();
  const client = claimedClient(call.text, call.headers);
  const { failures, failuresOfNetwork } = limiting.limits;
  const buckets = [
    ...(client === undefined ? [] : [{ limit: failures, who: `${client} ${network}` }]),
    { limit: failuresOfNetwork, who: network },
  ];
  return await attempted(limiting, buckets, handle, call.at);
}

/** Who succeeds pays nothing for it, unless they come in a crowd. */
async function attempted<T>(
  { limiter }: Limiting,
  buckets: readonly Bucket[],
  act: () => Promise<Result<T, Failure>>,
  at: Instant,
): Promise<Result<T, Failure>> {
  const hasFailed = (outcome: Result<T, Failure>): boolean =>
    !outcome.ok && outcome.failure.kind === 'unauthenticated';
  const done = await limiter.attempt({ buckets, act, hasFailed }, at);
  return done.ok ? done.value : err(tooMany(done.failure, at));
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
