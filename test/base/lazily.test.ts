import { expect, it } from 'vitest';
import { lazily } from '../../src/base/lazily.ts';

it('makes each when it is first asked for, once, and all of them for whoever takes all', () => {
  const made: string[] = [];
  const makers = {
    first: () => made.push('first'),
    second: () => made.push('second'),
  };
  const stores = lazily(makers);
  expect(made).toEqual([]);
  expect([stores.second, stores.second, made]).toEqual([1, 1, ['second']]);
  expect({ ...stores }).toEqual({ first: 2, second: 1 });
  expect(made).toEqual(['second', 'first']);
});
