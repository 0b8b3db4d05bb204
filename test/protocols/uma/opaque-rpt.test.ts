/** An RPT of a client registered for opaque tokens (oauth-baseline.md, RFC 9068 row 4): a secret, otherwise like any other. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aClient, credentials, type TestClient } from '../../support/authority.ts';
import { anUmaStory, aTicket, introspect, redeem, rptIn, type Story } from '../../support/uma-story.ts';

let story: Story;
let client: TestClient;

beforeAll(async () => {
  story = await anUmaStory();
  client = await aClient(story.authority, { tokenFormat: 'opaque' });
});
afterAll(() => story.authority.stop());

const anOpaqueRpt = async (): Promise<string> => rptIn(await redeem(story, await aTicket(story), {}, client));

it('says nothing, and its resource server is told what it permits', async () => {
  const rpt = await anOpaqueRpt();
  expect(rpt).toMatch(/^[\w-]{43}$/);
  const { body } = await introspect(story, rpt);
  expect(body).toMatchObject({ active: true, client_id: client.id, aud: story.resourceServer.resource });
  expect(body['permissions']).toHaveLength(1);
});

it('opens none of our own APIs', async () => {
  expect((await story.authority.get('/uma/resources', await anOpaqueRpt())).status).toBe(401);
});

it('is taken back by its client alone', async () => {
  const rpt = await anOpaqueRpt();
  const { postForm } = story.authority;
  await postForm('/oauth/revoke', { ...(await credentials(story.authority, story.client)), token: rpt });
  expect((await introspect(story, rpt)).body['active']).toBe(true);
  await postForm('/oauth/revoke', { ...(await credentials(story.authority, client)), token: rpt });
  expect((await introspect(story, rpt)).body).toEqual({ active: false });
});
