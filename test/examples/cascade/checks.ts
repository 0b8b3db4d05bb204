// Assertions that are counted, so that a step which asserted nothing is noticed.

import assert from 'node:assert/strict';

export type Checks = {
  readonly count: () => number;
  readonly equal: (actual: unknown, expected: unknown, what: string) => void;
  readonly that: (holds: boolean, what: string) => void;
};

export function countingChecks(): Checks {
  let counted = 0;
  return {
    count: () => counted,
    equal: (actual, expected, what) => {
      assert.deepEqual(
        actual,
        expected,
        `${what}: ${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`,
      );
      counted += 1;
    },
    that: (holds, what) => {
      assert.ok(holds, what);
      counted += 1;
    },
  };
}
