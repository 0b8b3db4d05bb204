/** The uma-ticket grant: a scope in the token request (uma2.md §8). */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aClient, aDecision } from '../../../support/authority.ts';
import { answer, anUmaStory, aTicket, redeem, type Story } from '../../../support/uma-story.ts';

let story: Story;

beforeAll(async () => {
  story = await anUmaStory();
});
afterAll(() => story.authority.stop());
beforeEach(() => {
  story.authority.world.consent = () => aDecision();
});

describe('a scope in the token request', () => {
  const asking = async (
    client: typeof story.client,
    scope: string,
    asked: readonly string[] = ['patient/Observation.rs'],
  ) => await redeem(story, await aTicket(story, asked), { scope }, client);

  it('adds to the ticket when the client is registered for it (§8 step 2)', async () => {
    const client = await aClient(story.authority, { scopes: ['patient/Condition.rs'] });
    const types: unknown[] = [];
    story.authority.world.consent = ({ resourceTypes }) => {
      types.push(resourceTypes);
      return aDecision();
    };
    expect((await asking(client, 'patient/Condition.rs')).status).toBe(200);
    expect(types).toEqual([['Observation', 'Condition']]);
  });

  it('is ignored when the client is not (§8 c)', async () => {
    const types: unknown[] = [];
    story.authority.world.consent = ({ resourceTypes }) => {
      types.push(resourceTypes);
      return aDecision();
    };
    expect((await asking(story.client, 'patient/Condition.rs')).status).toBe(200);
    expect(types).toEqual([['Observation']]);
  });

  it('that fits no resource of the ticket fails with it (§8 b)', async () => {
    const client = await aClient(story.authority, { scopes: ['user/Patient.rs'] });
    expect(answer(await asking(client, 'user/Patient.rs'))).toEqual({ status: 400, error: 'invalid_scope' });
  });
});
