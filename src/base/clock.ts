/** What a use case is given instead of the environment: the time, and chance. */
import type { Instant } from './instant.ts';

export type Clock = () => Instant;

/** `count` unpredictable bytes. */
export type RandomBytes = (count: number) => Uint8Array;
