/** The uma-ticket grant: a scope in the token request (uma2.md §8). */
import { describe, expect, it } from 'vitest';
import { aClient } from '../../../support/authority.ts';
import { umaStoryThroughout } from '../../../support/throughout.ts';
import { answer, askedOfConsents, aTicket, redeem } from '../../../support/uma-story.ts';

const story = umaStoryThroughout();

describe('a scope in the token request', () => {
  const asking = async (
    client: typeof story.client,
    scope: string,
    asked: readonly string[] = ['patient/Observation.rs'],
  ) => await redeem(story, await aTicket(story, asked), { scope }, client);

  it('adds to the ticket when the client is registered for it (§8 step 2)', async () => {
    const client = await aClient(story.authority, { scopes: ['patient/Condition.rs'] });
    const asked = askedOfConsents(story);
    expect((await asking(client, 'patient/Condition.rs')).status).toBe(200);
    expect(asked.map(({ resourceTypes }) => resourceTypes)).toEqual([['Observation', 'Condition']]);
  });

  it('is ignored when the client is not (§8 c)', async () => {
    const asked = askedOfConsents(story);
    expect((await asking(story.client, 'patient/Condition.rs')).status).toBe(200);
    expect(asked.map(({ resourceTypes }) => resourceTypes)).toEqual([['Observation']]);
  });

  it('that fits no resource of the ticket fails with it (§8 b)', async () => {
    const client = await aClient(story.authority, { scopes: ['user/Patient.rs'] });
    expect(answer(await asking(client, 'user/Patient.rs'))).toEqual({ status: 400, error: 'invalid_scope' });
  });
});
