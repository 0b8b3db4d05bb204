/** How the SDK reaches the world, each part replaceable: the network, the clock, and the bounds on both. */
import type { Clock } from '../base/clock.ts';
import { asInstant } from '../base/instant.ts';

export type Wiring = {
  /** The standard `fetch`, or one that goes through your proxy. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Milliseconds since 1970. */
  readonly clock: Clock;
  /** For a whole exchange, from connecting to the last byte of the body. */
  readonly timeoutSeconds: number;
  /** A longer body is not read to its end. */
  readonly maximumBytes: number;
};

/** Five seconds and 256 KiB: an authority that needs more is treated as absent (D15). */
export const standardWiring: Wiring = {
  fetch: (url, init) => fetch(url, init),
  clock: () => asInstant(Date.now()),
  timeoutSeconds: 5,
  maximumBytes: 256 * 1024,
};

export const wire = (own: Partial<Wiring> = {}): Wiring => ({ ...standardWiring, ...own });
