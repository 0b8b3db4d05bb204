/** Set-ups that last as long as a test file: begun before its first test, over after its last. */
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type Authority, aDecision, startAuthority } from './authority.ts';
import { anUmaStory, type Story } from './uma-story.ts';

/** Nothing of it is there before the first hook of the file. */
export function authorityThroughout(): Authority {
  const authority = {} as Authority;
  beforeAll(async () => {
    Object.assign(authority, await startAuthority());
  });
  afterAll(() => authority.stop());
  return authority;
}

/** Each test begins with consents that permit everything. */
export function umaStoryThroughout(): Story {
  const story = {} as Story;
  beforeAll(async () => {
    Object.assign(story, await anUmaStory());
  });
  afterAll(() => story.authority.stop());
  beforeEach(() => {
    story.authority.world.consent = () => aDecision();
  });
  return story;
}
