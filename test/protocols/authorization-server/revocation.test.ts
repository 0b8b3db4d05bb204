/** Revocation (oauth-baseline.md, RFC 7009): a client takes back its own tokens, and learns nothing of others'. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aClient, credentials, patOf, type Reply, type TestClient } from '../../support/authority.ts';
import { anRpt, anUmaStory, introspect, type Story } from '../../support/uma-story.ts';

let story: Story;

beforeAll(async () => {
  story = await anUmaStory();
});
afterAll(() => story.authority.stop());

async function revoke(
  client: TestClient,
  token: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const { authority } = story;
  return await authority.postForm('/oauth/revoke', {
    ...(await credentials(authority, client)),
    token,
    ...more,
  });
}

const isAdmitted = async (token: string): Promise<boolean> =>
  (await story.authority.get('/uma/resources', token)).status === 200;

const isActive = async (rpt: string): Promise<unknown> => (await introspect(story, rpt)).body['active'];

describe('a revoked token opens nothing', () => {
  it('when it is an access token', async () => {
    const pat = await patOf(story.authority, story.resourceServer);
    const reply = await revoke(story.resourceServer, pat);
    expect(reply.status).toBe(200);
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(await isAdmitted(pat)).toBe(false);
    expect(await isAdmitted(story.pat)).toBe(true);
  });

  it('when it is an RPT, whatever the hint says (row 3)', async () => {
    const rpt = await anRpt(story);
    expect(await isActive(rpt)).toBe(true);
    expect((await revoke(story.client, rpt, { token_type_hint: 'refresh_token' })).status).toBe(200);
    expect(await isActive(rpt)).toBe(false);
  });

  it('and is revoked once: the second time is answered alike', async () => {
    const rpt = await anRpt(story);
    const first = await revoke(story.client, rpt);
    const second = await revoke(story.client, rpt);
    expect([second.status, second.body]).toEqual([first.status, first.body]);
  });
});

describe('a token stays as it is', () => {
  it('when another client asks, which cannot tell the difference (row 2; answered 200 on purpose: README)', async () => {
    const rpt = await anRpt(story);
    const other = await aClient(story.authority);
    const [own, foreign] = [await revoke(story.client, await anRpt(story)), await revoke(other, rpt)];
    expect([foreign.status, foreign.body]).toEqual([own.status, own.body]);
    expect(await isActive(rpt)).toBe(true);
  });

  it('when the resource server it is meant for asks', async () => {
    const rpt = await anRpt(story);
    await revoke(story.resourceServer, rpt);
    expect(await isActive(rpt)).toBe(true);
  });

  it('when the client is not believed (row 1)', async () => {
    const rpt = await anRpt(story);
    const reply = await story.authority.postForm('/oauth/revoke', { token: rpt, client_id: story.client.id });
    expect([reply.status, reply.body['error']]).toEqual([401, 'invalid_client']);
    expect(await isActive(rpt)).toBe(true);
  });
});

it.each(['unknown', 'a.b.c', 'e30.e30.e30'])(
  'what is no token of ours counts as revoked: %s (row 3)',
  async (token) => {
    expect((await revoke(story.client, token)).status).toBe(200);
  },
);

it('a request without a token is malformed', async () => {
  const reply = await story.authority.postForm(
    '/oauth/revoke',
    await credentials(story.authority, story.client),
  );
  expect([reply.status, reply.body['error']]).toEqual([400, 'invalid_request']);
});
