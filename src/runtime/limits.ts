/** How often somebody may come within a minute, of each kind, as an operator sets it. */
import type { Limits } from '../http/limited.ts';

export type LimitSettings = {
  readonly failures: number;
  readonly requests: number;
  readonly visits: number;
};

/** Beyond what a hospital does, and far below what guessing or flooding takes. */
export const usualLimits: LimitSettings = { failures: 100, requests: 60_000, visits: 120 };
/** One network may have many clients, and one that fails must not stop the others. */
const clientsOfNetwork = 10;

export const limitsOf = ({ failures, requests, visits }: LimitSettings): Limits => ({
  failures: aMinute('failures', failures),
  failuresOfNetwork: aMinute('failures-of-network', failures * clientsOfNetwork),
  requests: aMinute('requests', requests),
  visits: aMinute('visits', visits),
});

const aMinute = (name: string, most: number) => ({ name, most, windowSeconds: 60 });
