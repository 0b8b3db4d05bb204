/** Rate limits over several instances: what each knows, and what it pays to know. */
import { beforeEach, describe, expect, it } from 'vitest';
import {
  createRateLimiter,
  createRateMemory,
  type Limit,
  type RateLimitStore,
  tooMany,
} from '../../src/access/rate-limit.ts';
import { asInstant, plusSeconds } from '../../src/base/instant.ts';

const at = asInstant(Date.parse('2026-10-01T10:00:00Z'));
const ends = plusSeconds(at, 60);
const limit: Limit = { name: 'failures', most: 10, windowSeconds: 60 };
const ann = { limit, who: 'ann' };
const bob = { limit, who: 'bob' };

let trips: number;
let isBroken: boolean;
let stored: Map<string, { count: number; expiresAt: typeof at }>;
let logged: unknown[];

const store: RateLimitStore = {
  async add(additions, when) {
    trips++;
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
};
const anInstance = () =>
  createRateLimiter({
    store,
    memory: createRateMemory(),
    hash: (text) => `hash of ${text}`,
    log: (event, facts) => logged.push([event, facts]),
  });

beforeEach(() => {
  [trips, isBroken, stored, logged] = [0, false, new Map(), []];
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
