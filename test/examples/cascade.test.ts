import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHeadwater } from './cascade/headwater.ts';
import { silence } from './cascade/narrator.ts';
import { startProcesses } from './cascade/processes.ts';
import { type Scene, setScene } from './cascade/scene.ts';
import { story } from './cascade/story.ts';

// The steps build on each other: after one has failed, those behind it fail as well.
describe('the cascade, end to end, between separate processes', () => {
  const processes = startProcesses();
  let scene: Scene;

  beforeAll(async () => {
    process.once('exit', processes.killAll);
    scene = await setScene(processes, startHeadwater(processes), silence);
  }, 120_000);

  afterAll(async () => {
    await processes.stopAll();
    process.off('exit', processes.killAll);
  });

  it.each(story.map((step, index) => [index + 1, step.title, step] as const))(
    '%i. %s',
    async (_, __, step) => {
      const before = scene.check.count();
      await step.run(scene);
      expect(scene.check.count()).toBeGreaterThan(before);
    },
  );
});
