/** The uma-ticket grant: a scope in the token request (uma2.md §8). */
import { describe, expect, it } from 'vitest';
import { wantedOf } from '../../../../src/protocols/uma/ticket/wanted.ts';
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

  it.each([
    [40, true],
    [41, false],
  ])(
    'with those of 250 resources, %i on each, is within what one token carries: %s',
    async (count, isWithin) => {
      const scopes = Array.from({ length: count }, (_, at) => `patient/Type${at}.rs`);
      const resources = Array.from({ length: 250 }, (_, at) => ({
        id: `r${at}`,
        description: { resource_scopes: scopes },
      }));
      const permissions = resources.map(({ id }) => ({ resourceId: id, scopes: ['patient/Type0.rs'] }));
      const ticket = { resourceServer: 'rs', patient: 'Patient/ann', process: 'p', permissions };
      const now = story.authority.world.at;
      const presented = {
        ticket: { ...ticket, issuedAt: now, expiresAt: now },
        audience: 'https://rs',
        resources,
      };
      const wanted = wantedOf(presented, { scopes }, scopes);
      expect(wanted.ok || wanted.failure.reason).toBe(isWithin || 'too-many-scopes');
    },
  );
});
