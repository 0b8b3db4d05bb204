// A step of the story: something happens over HTTP, the decisive fields are shown, and what must hold is asserted.

import type { Scene } from '../scene.ts';

export type Step = {
  readonly title: string;
  /** Plain words, before it happens. */
  readonly narration: string;
  readonly run: (scene: Scene) => Promise<void>;
};
