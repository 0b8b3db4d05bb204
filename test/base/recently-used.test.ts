import { expect, test } from 'vitest';
import { recentlyUsed } from '../../src/base/recently-used.ts';

test('beyond its room it forgets what was not asked for the longest', () => {
  const kept = recentlyUsed<number>(2);
  kept.set('a', 1);
  kept.set('b', 2);
  expect(kept.get('a')).toBe(1);
  kept.set('c', 3);
  expect(['a', 'b', 'c'].map((key) => kept.get(key))).toEqual([1, undefined, 3]);
  kept.set('a', 4);
  kept.delete('c');
  expect(['a', 'c'].map((key) => kept.get(key))).toEqual([4, undefined]);
});

test('a key that somebody made long is not kept', () => {
  const kept = recentlyUsed<number>(2);
  const long = 'x'.repeat(10_000);
  kept.set(long, 1);
  expect(kept.get(long)).toBeUndefined();
});
