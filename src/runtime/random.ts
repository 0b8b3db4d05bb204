/** Unpredictable bytes, from the runtime. */
import type { RandomBytes } from '../base/clock.ts';

export const random: RandomBytes = (count) => crypto.getRandomValues(new Uint8Array(count));
