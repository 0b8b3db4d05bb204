/** The uma-ticket grant: which client the consents are asked about (cascaded-authorization.md D8, T4). */
import { describe, expect, it } from 'vitest';
import { aClient } from '../../../support/authority.ts';
import { anIdentityProvider, claimTokenOf } from '../../../support/claim-tokens.ts';
import { needInfo, requestDenied } from '../../../support/oauth-refusals.ts';
import { umaStoryThroughout } from '../../../support/throughout.ts';
import { answer, askedOfConsents, latestRecord, redeemOne } from '../../../support/uma-story.ts';

const story = umaStoryThroughout();

describe('a claim token that names a client (cascaded-authorization.md D8, T4)', () => {
  /** The hospital asks in the back channel: it got the ticket for its own resource, and redeems it. */
  async function inBackChannel(clientIds: Readonly<Record<string, string>>, named: string) {
    const { authority, resourceServer } = story;
    const idp = await anIdentityProvider(authority, { clientIds });
    const claim_token = await claimTokenOf(authority, idp, { client_id: named });
    const asked = askedOfConsents(story);
    const reply = await redeemOne(story, { claim_token }, resourceServer);
    const entry = await latestRecord({ authority, client: resourceServer });
    return { reply, clients: asked.map(({ requester }) => requester.clientId), entry };
  }

  it('is decided about that client, ours when the issuer is known to mean it, and both are on record', async () => {
    const { reply, clients, entry } = await inBackChannel({ [story.client.id]: 'app-1' }, 'app-1');
    expect(reply.status).toBe(200);
    expect(clients).toEqual([story.client.id]);
    expect(entry).toMatchObject({
      requester: { clientId: story.client.id },
      circumstances: { clientId: story.resourceServer.id },
    });
  });

  it('by the name the issuer gives it, when we know no other', async () => {
    const { reply, clients } = await inBackChannel({}, 'app-of-theirs');
    expect(reply.status).toBe(200);
    expect(clients).toEqual(['app-of-theirs']);
  });

  it('but never by the id of a client of ours that the issuer is not known to mean', async () => {
    const { reply, clients } = await inBackChannel({}, story.client.id);
    expect(answer(reply)).toEqual(needInfo);
    expect((await inBackChannel({}, story.client.id.toUpperCase())).reply.status).toBe(403);
    expect(clients).toEqual([]);
  });

  it('nor a client that was disabled', async () => {
    const gone = await aClient(story.authority);
    await story.authority.deps.clients.disable(gone.id, story.authority.world.at);
    expect(answer((await inBackChannel({ [gone.id]: 'app-2' }, 'app-2')).reply)).toMatchObject({
      error: 'need_info',
    });
  });

  it('nor beyond the registration of the client it names (interfaces.md, Scopes)', async () => {
    const limited = await aClient(story.authority, { patients: ['Patient/bob'] });
    expect(answer((await inBackChannel({ [limited.id]: 'app-3' }, 'app-3')).reply)).toEqual(requestDenied);
  });

  it('and an app that presents what was said of another is refused', async () => {
    const idp = await anIdentityProvider(story.authority, { clientIds: { [story.client.id]: 'app-1' } });
    const claim_token = await claimTokenOf(story.authority, idp, { client_id: 'app-9' });
    expect(answer(await redeemOne(story, { claim_token }))).toEqual(needInfo);
    const own = await claimTokenOf(story.authority, idp, { client_id: 'app-1' });
    expect((await redeemOne(story, { claim_token: own })).status).toBe(200);
  });
});
