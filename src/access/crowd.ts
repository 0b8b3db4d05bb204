/** Who tries something that counts where it fails: a few at once unasked, more by reservation, the others in line. */
import { asInstant, earlier, type Instant, plusSeconds } from '../base/instant.ts';
import { err, ok, type Result } from '../base/result.ts';
import { additionsOf, type RateLimiterDeps } from './rate-limit-store.ts';
import {
  type Bucket,
  forget,
  fullUntil,
  knownOf,
  learn,
  nameOf,
  nowUnderWay,
  surelyFullUntil,
} from './rate-memory.ts';
import { createReservations, type Reservations } from './reservations.ts';

/** Somebody's turn to try. */
export type Turn = {
  readonly bucket: Bucket;
  readonly at: Instant;
  /** Counted already by all instances, until then. */
  readonly reservedUntil?: Instant;
};

export type Crowd = {
  /** As soon as there is room. @returns when to come again, where there will be none before */
  readonly enter: (bucket: Bucket, at: Instant) => Promise<Result<Turn, Instant>>;
  /** Counts a failure wherever it is not counted yet, in one round trip. */
  readonly tell: (turns: readonly Turn[], at: Instant) => Promise<void>;
  readonly leave: (turn: Turn, hasFailed: boolean) => Promise<void>;
};

type Waiting = { readonly at: Instant; readonly turn: PromiseWithResolvers<Result<Turn, Instant>> };

/** Those of one bucket who came to this instance. */
type Line = {
  readonly bucket: Bucket;
  readonly waiting: Waiting[];
  underWay: number;
  /** Of these, who asked all instances. */
  reserved: number;
  /** Until when nobody asks again: the others have no room to spare. */
  closedUntil: Instant;
};

/** What holds their room may be reservations that are given back the next moment. */
const closedSeconds = 1;

/** A tenth of the limit, at each instance: whoever succeeds, and comes with few others, pays no round trip. */
const unaskedOf = ({ limit }: Bucket): number => Math.max(1, limit.most / 10);

/** What all of them share. */
type Place = RateLimiterDeps & Reservations & { readonly lines: Map<string, Line> };

/**
 * INVARIANT: what failed, and what was reserved to fail, is never more than the limit; beside it only the few that each
 * instance lets begin unasked.
 */
export function createCrowd(deps: RateLimiterDeps): Crowd {
  const place: Place = { ...deps, ...createReservations(deps), lines: new Map() };
  return {
    async enter(bucket, at) {
      const turn = Promise.withResolvers<Result<Turn, Instant>>();
      const line = lineOf(place, bucket);
      line.waiting.push({ at, turn });
      advance(place, line);
      return await turn.promise;
    },
    tell: (turns, at) => tell(place, turns, at),
    leave: (turn, hasFailed) => leave(place, turn, hasFailed),
  };
}

function lineOf({ lines }: Place, bucket: Bucket): Line {
  const known = lines.get(nameOf(bucket));
  if (known) return known;
  const line = { bucket, waiting: [], underWay: 0, reserved: 0, closedUntil: asInstant(0) };
  lines.set(nameOf(bucket), line);
  return line;
}

function change({ memory }: Place, line: Line, more: 1 | -1, at: Instant): void {
  line.underWay += more;
  nowUnderWay(memory, line.bucket, more, at);
}

/** What comes next for who stands first in line. */
function nextFor({ memory }: Place, { bucket, underWay, reserved, closedUntil }: Line, at: Instant) {
  const known = knownOf(memory, bucket, at);
  if (known.total >= bucket.limit.most)
    return surelyFullUntil(memory, bucket, at) === undefined && at >= closedUntil ? 'ask' : 'refuse';
  if (known.total + reserved >= bucket.limit.most) return 'wait';
  // On Workers others of this isolate may be under way who stand in no line of ours.
  if (Math.max(underWay, known.underWay) < unaskedOf(bucket)) return 'begin';
  if (at >= closedUntil) return 'ask';
  return underWay > 0 ? 'wait' : 'refuse';
}

function advance(place: Place, line: Line): void {
  const { bucket, waiting } = line;
  for (let first = waiting[0]; first; first = waiting[0]) {
    const { at, turn } = first;
    const next = nextFor(place, line, at);
    if (next === 'wait') return;
    waiting.shift();
    if (next === 'refuse') turn.resolve(err(fullUntil(place.memory, bucket, at) ?? line.closedUntil));
    else {
      change(place, line, 1, at);
      if (next === 'begin') turn.resolve(ok({ bucket, at }));
      else void ask(place, line, first);
    }
  }
  if (line.underWay === 0) place.lines.delete(nameOf(bucket));
}

async function ask(place: Place, line: Line, { at, turn }: Waiting): Promise<void> {
  const [{ memory }, { bucket }] = [place, line];
  line.reserved++;
  let deniedUntil: Instant | undefined;
  try {
    const reserved = await place.reserve({ bucket, at });
    if (reserved.ok) {
      if (knownOf(memory, bucket, at).total >= bucket.limit.most) forget(memory, bucket, at);
      return turn.resolve(ok({ bucket, at, reservedUntil: reserved.value }));
    }
    deniedUntil = reserved.failure;
    line.closedUntil = earlier(deniedUntil, plusSeconds(at, closedSeconds));
    line.waiting.unshift({ at, turn });
  } catch (cause) {
    turn.reject(cause);
  }
  line.reserved--;
  change(place, line, -1, at);
  // Where nobody is under way whose room could be had, the next who come need not ask again at once.
  if (deniedUntil !== undefined && line.underWay === 0)
    learn(memory, [bucket], [{ count: bucket.limit.most, expiresAt: deniedUntil }], at);
  advance(place, line);
}

async function tell(place: Place, turns: readonly Turn[], at: Instant): Promise<void> {
  const buckets = turns.filter((turn) => !counts(turn, at)).map(({ bucket }) => bucket);
  if (buckets.length === 0) return;
  // Nothing is learned of what is only reserved: what is taken back again must make nobody wait.
  const reserved = buckets.map((bucket) => lineOf(place, bucket).reserved);
  const totals = await place.store.add(additionsOf(place, buckets, at), at);
  const failed = totals.map((total, index) => ({
    ...total,
    count: Math.max(0, total.count - (reserved[index] ?? 0)),
  }));
  learn(place.memory, buckets, failed, at);
}

async function leave(place: Place, turn: Turn, hasFailed: boolean): Promise<void> {
  const { bucket, at, reservedUntil } = turn;
  const line = lineOf(place, bucket);
  const next = line.waiting[0];
  const isUsed = hasFailed && counts(turn, at);
  if (!isUsed && next && counts(turn, next.at)) {
    line.waiting.shift();
    return next.turn.resolve(ok({ ...turn, at: next.at }));
  }
  if (isUsed && reservedUntil !== undefined) {
    const count = knownOf(place.memory, bucket, at).total + 1;
    learn(place.memory, [bucket], [{ count, expiresAt: reservedUntil }], at);
  }
  if (reservedUntil !== undefined) line.reserved--;
  change(place, line, -1, at);
  advance(place, line);
  if (reservedUntil !== undefined && !isUsed) await place.takeBack({ bucket, until: reservedUntil });
}

const counts = ({ reservedUntil }: Turn, at: Instant): boolean =>
  reservedUntil !== undefined && at < reservedUntil;
