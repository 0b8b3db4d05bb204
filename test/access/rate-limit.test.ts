/** Rate limits over several instances: what each knows, and what it pays to know. */
import { beforeEach, describe, expect, it } from 'vitest';
import { createRateLimiter, tooMany } from '../../src/access/rate-limit.ts';
import type { RateLimitStore } from '../../src/access/rate-limit-store.ts';
import { createRateMemory, type Limit } from '../../src/access/rate-memory.ts';
import { asInstant, plusSeconds } from '../../src/base/instant.ts';
import { err, ok } from '../../src/base/result.ts';

const at = asInstant(Date.parse('2026-10-01T10:00:00Z'));
const ends = plusSeconds(at, 60);
const limit: Limit = { name: 'failures', most: 10, windowSeconds: 60 };
const ann = { limit, who: 'ann' };
const bob = { limit, who: 'bob' };

let trips: number;
let isBroken: boolean;
/** As a database is that is further away than a moment. */
let isSlow: boolean;
let stored: Map<string, { count: number; expiresAt: typeof at }>;
let logged: unknown[];

const store: RateLimitStore = {
  async add(additions, when) {
    trips++;
    if (isSlow) await moments();
    if (isBroken) throw new Error('no database');
    return additions.map(({ bucket, more, expiresAt }) => {
      const known = stored.get(bucket);
      const total =
        known && known.expiresAt > when
          ? { count: known.count + more, expiresAt: known.expiresAt }
          : { count: more, expiresAt };
      stored.set(bucket, total);
      return total;
    });
  },
  async takeBack(added) {
    trips++;
    if (isSlow) await moments();
    if (isBroken) throw new Error('no database');
    for (const { bucket, less, expiresAt } of added) {
      const known = stored.get(bucket);
      if (known?.expiresAt === expiresAt) stored.set(bucket, { ...known, count: known.count - less });
    }
  },
};
const anInstance = () =>
  createRateLimiter({
    store,
    memory: createRateMemory(),
    hash: (text) => `hash of ${text}`,
    log: (event, facts) => logged.push([event, facts]),
  });

beforeEach(() => {
  [trips, isBroken, isSlow, stored, logged] = [0, false, false, new Map(), []];
});

describe('what is counted', () => {
  it('is full after so many, for that bucket alone, until its end', async () => {
    const limiter = anInstance();
    for (let i = 0; i < 10; i++) expect(await limiter.count([ann], at)).toBeUndefined();
    expect(limiter.fullUntil(ann, at)).toBe(ends);
    expect(await limiter.count([ann], at)).toBe(ends);
    expect(limiter.fullUntil(bob, at)).toBeUndefined();
    expect(limiter.fullUntil(ann, ends)).toBeUndefined();
    expect(await limiter.count([ann], ends)).toBeUndefined();
  });

  it('counts for all instances, each of which lets one more through at most', async () => {
    const instances = Array.from({ length: 3 }, anInstance);
    let admitted = 0;
    for (let i = 0; i < 30; i++)
      for (const instance of instances) {
        if (instance.fullUntil(ann, at) !== undefined) continue;
        admitted++;
        await instance.count([ann], at);
      }
    expect(admitted).toBe(limit.most + instances.length - 1);
  });

  it('is not forgotten for any number of others who come to another limit', async () => {
    const limiter = anInstance();
    for (let i = 0; i < 10; i++) await limiter.count([ann], at);
    const visits = { name: 'visits', most: 120, windowSeconds: 60 };
    for (let i = 0; i < 10_001; i++) await limiter.tally({ limit: visits, who: `network ${i}` }, at);
    expect(limiter.fullUntil(ann, at)).toBe(ends);
  });

  it('costs nothing to ask for', () => {
    const limiter = anInstance();
    for (let i = 0; i < 100; i++) limiter.fullUntil(ann, at);
    expect(trips).toBe(0);
  });

  it('in several buckets costs one round trip, and the fullest tells when to come again', async () => {
    const limiter = anInstance();
    for (let i = 0; i < 10; i++) await limiter.count([ann], at);
    trips = 0;
    const later = plusSeconds(at, 30);
    expect(await limiter.count([bob, ann], later)).toBe(ends);
    expect(trips).toBe(1);
  });

  it('cannot be counted while there is no database, and says so', async () => {
    isBroken = true;
    await expect(anInstance().count([ann], at)).rejects.toThrow('no database');
  });

  it('is stored under a hash', async () => {
    await anInstance().count([ann], at);
    expect([...stored.keys()]).toEqual(['hash of failures ann']);
  });
});

describe('what is attempted', () => {
  /** Under way until it is told how it ends. */
  const begin = (limiter: ReturnType<typeof anInstance>, buckets = [ann], when = at) => {
    const end = Promise.withResolvers<boolean>();
    const outcome = limiter.attempt(
      { buckets, act: () => end.promise, hasFailed: (isGood) => !isGood },
      when,
    );
    return { outcome, succeed: () => end.resolve(true), fail: () => end.resolve(false) };
  };
  const counted = () => stored.get('hash of failures ann')?.count ?? 0;

  it('asks nobody where it succeeds and comes alone', async () => {
    const limiter = anInstance();
    for (let i = 0; i < 30; i++) {
      const { outcome, succeed } = begin(limiter);
      succeed();
      expect(await outcome).toEqual(ok(true));
    }
    expect(trips).toBe(0);
  });

  it('that fails is counted, until it is full', async () => {
    const limiter = anInstance();
    for (let i = 0; i < 10; i++) {
      const { outcome, fail } = begin(limiter);
      fail();
      expect(await outcome).toEqual(ok(false));
    }
    expect(await begin(limiter).outcome).toEqual(err(ends));
    expect([counted(), trips]).toEqual([10, 10]);
  });

  it('of many at once, at several instances, lets no more begin than may fail, and a few more for each', async () => {
    const instances = Array.from({ length: 3 }, anInstance);
    const underWay: ((isGood: boolean) => void)[] = [];
    const act = () => new Promise<boolean>((resolve) => underWay.push(resolve));
    const hasFailed = (isGood: boolean) => !isGood;
    const waits = instances.flatMap((limiter) =>
      Array.from({ length: 20 }, () => limiter.attempt({ buckets: [ann], act, hasFailed }, at)),
    );
    await moments();
    expect(underWay.length).toBeLessThanOrEqual(limit.most + instances.length);
    for (const fail of underWay) {
      fail(false);
      await moments();
    }
    // The few are let begin once more, where others hold all the room there is.
    expect(underWay.length).toBeLessThanOrEqual(limit.most + 2 * instances.length);
    const outcomes = await Promise.all(waits);
    expect(outcomes.filter(({ ok: isTried }) => isTried)).toHaveLength(underWay.length);
    for (const outcome of outcomes) expect([ok(false), err(ends)]).toContainEqual(outcome);
  });

  const usual = { limit: { name: 'failures', most: 100, windowSeconds: 60 }, who: 'ann' };
  const ofNetwork = { limit: { name: 'failures-of-network', most: 1000, windowSeconds: 60 }, who: 'net' };

  it('by 200 at once succeeds for all of them, and costs a few statements', async () => {
    isSlow = true;
    const limiter = anInstance();
    let [underWay, mostUnderWay] = [0, 0];
    const act = async () => {
      mostUnderWay = Math.max(mostUnderWay, ++underWay);
      await moments();
      underWay--;
      return true;
    };
    const attempt = { buckets: [usual, ofNetwork], act, hasFailed: () => false };
    const crowd = Array.from({ length: 200 }, () => limiter.attempt(attempt, at));
    expect(await Promise.all(crowd)).toEqual(Array(200).fill(ok(true)));
    expect(mostUnderWay).toBeGreaterThanOrEqual(100);
    expect(mostUnderWay).toBeLessThanOrEqual(110);
    expect(trips).toBeLessThanOrEqual(8);
    expect([...stored.values()].map(({ count }) => count)).toEqual([0, 0]);
    expect(limiter.fullUntil(usual, at)).toBeUndefined();
  });

  it('by 500 guesses at once is tried by no more than the limit, and the few unasked', async () => {
    const limiter = anInstance();
    let tried = 0;
    const act = async () => {
      tried++;
      await moments();
      return false;
    };
    const attempt = { buckets: [usual, ofNetwork], act, hasFailed: () => true };
    const crowd = await Promise.all(Array.from({ length: 500 }, () => limiter.attempt(attempt, at)));
    expect(tried).toBeGreaterThanOrEqual(100);
    expect(tried).toBeLessThanOrEqual(110);
    expect(crowd.filter((each) => !each.ok)).toEqual(Array(500 - tried).fill(err(ends)));
    expect(limiter.fullUntil(usual, at)).toBe(ends);
  });

  it('by one who fails in a crowd of honest ones makes nobody wait', async () => {
    const limiter = anInstance();
    const crowd = Array.from({ length: 30 }, () => begin(limiter, [usual]));
    await moments();
    crowd[0]?.fail();
    crowd[25]?.fail();
    await moments();
    for (const { succeed } of crowd) succeed();
    await Promise.all(crowd.map(({ outcome }) => outcome));
    expect(limiter.fullUntil(usual, at)).toBeUndefined();
    expect(counted()).toBe(2);
  });

  it('by one who fails while a crowd elsewhere holds the room, shuts nobody out for longer than a moment', async () => {
    const [here, there] = [anInstance(), anInstance()];
    const crowd = Array.from({ length: 11 }, () => begin(here));
    await moments();
    const failing = begin(there);
    failing.fail();
    await failing.outcome;
    for (const { succeed } of crowd) succeed();
    await Promise.all(crowd.map(({ outcome }) => outcome));
    expect(counted()).toBe(1);
    const later = begin(there, [ann], plusSeconds(at, 1));
    later.succeed();
    expect(await later.outcome).toEqual(ok(true));
  });

  it('is full for good where so many failed, however often it is asked again', async () => {
    const [here, there] = [anInstance(), anInstance()];
    for (let i = 0; i < 10; i++) {
      const failing = begin(here);
      failing.fail();
      await failing.outcome;
    }
    const tried: number[] = [];
    for (let second = 0; second < 50; second++) {
      for (const limiter of [here, there]) {
        const late = begin(limiter, [ann], plusSeconds(at, second));
        late.fail();
        if ((await late.outcome).ok) tried.push(second);
      }
    }
    // The other instance heard of it by the first that it let begin.
    expect(tried).toEqual([0]);
  });

  it('asks all instances once a second where it is full, however many come', async () => {
    for (let i = 0; i < 10; i++) await anInstance().count([ann], at);
    const limiter = anInstance();
    const outcomes: boolean[] = [];
    for (let i = 0; i < 20; i++) {
      const late = begin(limiter);
      late.fail();
      outcomes.push((await late.outcome).ok);
    }
    const full = trips;
    for (let second = 2; second < 5; second++) {
      for (let i = 0; i < 20; i++) {
        const late = begin(limiter, [ann], plusSeconds(at, second));
        late.fail();
        expect((await late.outcome).ok).toBe(false);
      }
    }
    expect(outcomes.filter((isTried) => isTried)).toHaveLength(1);
    // One that asks, and one that gives back.
    expect(trips - full).toBe(3 * 2);
  });

  it('waits for those of another client at the same network as well', async () => {
    const limiter = anInstance();
    const network = { limit: { ...limit, name: 'failures-of-network' }, who: 'net' };
    const crowd = Array.from({ length: 40 }, (_, index) =>
      begin(limiter, [{ limit: usual.limit, who: `client ${index}` }, network]),
    );
    for (const { succeed } of crowd) succeed();
    expect(await Promise.all(crowd.map(({ outcome }) => outcome))).toEqual(Array(40).fill(ok(true)));
  });

  it('at an instance goes on while another one holds all the room there is', async () => {
    const [here, there] = [anInstance(), anInstance()];
    const theirs = Array.from({ length: 11 }, () => begin(there));
    await moments();
    const ours = Array.from({ length: 15 }, () => begin(here));
    await moments();
    for (const { succeed } of ours) succeed();
    expect(await Promise.all(ours.map(({ outcome }) => outcome))).toEqual(Array(15).fill(ok(true)));
    for (const { succeed } of theirs) succeed();
    await Promise.all(theirs.map(({ outcome }) => outcome));
    expect(counted()).toBe(0);
  });

  it('where others of the isolate are under way, and there is no room, is refused: it can wait for nobody', async () => {
    const memory = createRateMemory();
    const ofRequest = () =>
      createRateLimiter({ store, memory, hash: (text) => `hash of ${text}`, log: () => {} });
    const crowd = Array.from({ length: 15 }, () => begin(ofRequest()));
    await moments();
    for (const { succeed } of crowd) succeed();
    const outcomes = await Promise.all(crowd.map(({ outcome }) => outcome));
    expect(outcomes.filter(({ ok: isTried }) => isTried)).toHaveLength(11);
    expect(outcomes.filter(({ ok: isTried }) => !isTried)).toEqual(Array(4).fill(err(ends)));
  });

  it('in a crowd is uncounted when it succeeds, and nobody waits for it afterwards', async () => {
    const limiter = anInstance();
    for (let round = 0; round < 5; round++) {
      const crowd = Array.from({ length: 8 }, () => begin(limiter));
      for (const { succeed } of crowd) succeed();
      expect(await Promise.all(crowd.map(({ outcome }) => outcome))).toEqual(Array(8).fill(ok(true)));
    }
    expect([counted(), limiter.fullUntil(ann, at)]).toEqual([0, undefined]);
  });

  it('is taken back from the time it was counted in alone', async () => {
    const limiter = anInstance();
    const [first, second] = [begin(limiter), begin(limiter)];
    await new Promise(setImmediate);
    for (let i = 0; i < 3; i++) await anInstance().count([ann], ends);
    for (const { succeed } of [first, second]) succeed();
    await Promise.all([first.outcome, second.outcome]);
    expect(counted()).toBe(3);
  });

  it('cannot fail uncounted, nor begin in a crowd while nobody can be asked', async () => {
    isBroken = true;
    const limiter = anInstance();
    const [alone, crowded] = [begin(limiter), begin(limiter)];
    await expect(crowded.outcome).rejects.toThrow('no database');
    alone.fail();
    await expect(alone.outcome).rejects.toThrow('no database');
    const good = begin(limiter);
    good.succeed();
    expect(await good.outcome).toEqual(ok(true));
  });

  it('that succeeded stays so where it cannot be taken back, and goes on counting', async () => {
    const limiter = anInstance();
    const crowd = [begin(limiter), begin(limiter)];
    await new Promise(setImmediate);
    isBroken = true;
    for (const { succeed } of crowd) succeed();
    for (const { outcome } of crowd) expect(await outcome).toEqual(ok(true));
    expect([counted(), logged.length]).toEqual([1, 1]);
  });

  it('that breaks down leaves room for others', async () => {
    const limiter = anInstance();
    const act = () => Promise.reject(new Error('a fault'));
    for (let i = 0; i < 5; i++)
      await expect(limiter.attempt({ buckets: [ann], act, hasFailed: () => true }, at)).rejects.toThrow();
    expect(trips).toBe(0);
  });
});

/** Long enough for everything that waits for no one. */
async function moments(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise(setImmediate);
}

describe('what is tallied', () => {
  const many = { limit: { name: 'requests', most: 100, windowSeconds: 60 }, who: 'ann' };

  it('is full after so many, and asks the database for every tenth part alone', async () => {
    const limiter = anInstance();
    for (let i = 0; i < 99; i++) await limiter.tally(many, at);
    expect([limiter.fullUntil(many, at), trips]).toEqual([undefined, 9]);
    await limiter.tally(many, at);
    expect([limiter.fullUntil(many, at), trips]).toEqual([ends, 10]);
    expect(stored.get('hash of requests ann')?.count).toBe(100);
  });

  it('is bounded over all instances, within a tenth for each', async () => {
    const instances = Array.from({ length: 4 }, anInstance);
    let admitted = 0;
    for (let i = 0; i < 100; i++)
      for (const instance of instances) {
        if (instance.fullUntil(many, at) !== undefined) continue;
        admitted++;
        await instance.tally(many, at);
      }
    expect(admitted).toBeGreaterThanOrEqual(100);
    expect(admitted).toBeLessThanOrEqual(100 + 4 * 10);
  });

  it('is bounded by our own count while there is no database', async () => {
    isBroken = true;
    const limiter = anInstance();
    for (let i = 0; i < 100; i++) await limiter.tally(many, at);
    expect(limiter.fullUntil(many, at)).toBe(ends);
    expect(logged).toHaveLength(10);
  });

  it('begins anew after its end', async () => {
    const limiter = anInstance();
    for (let i = 0; i < 100; i++) await limiter.tally(many, at);
    expect(limiter.fullUntil(many, ends)).toBeUndefined();
    await limiter.tally(many, ends);
    expect(limiter.fullUntil(many, ends)).toBeUndefined();
  });
});

it('who came too often is told how long to wait, in whole seconds', () => {
  const after = (milliseconds: number) => tooMany(asInstant(at + milliseconds), at).headers?.['retry-after'];
  expect([after(59_001), after(60_000), after(1), after(0)]).toEqual(['60', '60', '1', '1']);
});
