/** Introspection of an RPT (uma2.md §13, U18 … U20, U22; consent-decisioning.md D-3): asked anew each time. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asInstant } from '../../../src/base/instant.ts';
import {
  aClient,
  accessToken,
  aDecision,
  aRefusal,
  aResourceServer,
  issuer,
  patOf,
  seconds,
} from '../../support/authority.ts';
import { aKeyPair, headerOf, payloadOf, signed, unsigned } from '../../support/keys.ts';
import { anRpt, anUmaStory, aResource, introspect, type Story } from '../../support/uma-story.ts';

let story: Story;

beforeAll(async () => {
  story = await anUmaStory();
});
afterAll(() => story.authority.stop());
beforeEach(() => {
  story.authority.world.consent = () => aDecision();
});

const inactive = { active: false };
const bodyOf = async (token: string, as?: string) => (await introspect(story, token, as)).body;

describe('the resource server learns', () => {
  it('what the token permits: `permissions`, and never `scope` (U19)', async () => {
    const rpt = await anRpt(story, ['patient/Observation.rs', 'view']);
    const { status, body, headers } = await introspect(story, rpt);
    const now = seconds(story.authority.world.at);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).not.toHaveProperty('scope');
    expect(body).toMatchObject({
      active: true,
      iss: issuer,
      aud: story.resourceServer.resource,
      sub: payloadOf(rpt).sub,
      client_id: story.client.id,
      jti: payloadOf(rpt).jti,
      iat: now,
      exp: now + 300,
      permissions: [
        { resource_id: story.resource, resource_scopes: ['patient/Observation.rs'], exp: now + 300 },
      ],
    });
  });

  it('an end that is no later than the decision holds now (D-3)', async () => {
    const rpt = await anRpt(story);
    const until = asInstant(story.authority.world.at + 30_700);
    story.authority.world.consent = () => aDecision({ holdsUntil: until });
    const body = await bodyOf(rpt);
    expect(body['exp']).toBe(seconds(until));
    expect(body['permissions']).toMatchObject([{ exp: seconds(until) }]);
  });

  it('and every answer leaves a record in the process of the token (U-j)', async () => {
    const rpt = await anRpt(story);
    await introspect(story, rpt);
    const { entries } = await story.authority.audit.find({ client: [story.resourceServer.id] }, { count: 1 });
    const issued = await story.authority.audit.find({ client: [story.client.id] }, { count: 1 });
    expect(entries[0]).toMatchObject({
      outcome: 'permit',
      patient: 'Patient/ann',
      circumstances: {
        door: 'introspection',
        tokenId: payloadOf(rpt).jti,
        transaction: issued.entries[0]?.circumstances.transaction,
      },
    });
  });
});

describe('a permission that is no longer granted is dropped', () => {
  it('when the consents have changed (D-3)', async () => {
    const rpt = await anRpt(story, ['patient/Observation.rs', 'patient/Condition.rs']);
    const only = { op: 'is', atom: { kind: 'type', anyOf: ['Condition'] } } as const;
    story.authority.world.consent = () => aDecision({ filter: only });
    expect((await bodyOf(rpt))['permissions']).toMatchObject([{ resource_scopes: ['patient/Condition.rs'] }]);
  });

  it('when its scope was withdrawn from the resource, and when the resource is gone (uma2.md §4)', async () => {
    const resource = await aResource(story);
    const rpt = await anRpt({ ...story, resource }, ['patient/Observation.rs', 'patient/Condition.rs']);
    const path = `/uma/resources/${resource}`;
    await story.authority.sendJson(
      'PUT',
      path,
      { resource_scopes: ['patient/Condition.rs', 'read'] },
      story.pat,
    );
    expect((await bodyOf(rpt))['permissions']).toMatchObject([{ resource_scopes: ['patient/Condition.rs'] }]);
    await story.authority.sendJson('DELETE', path, undefined, story.pat);
    expect(await bodyOf(rpt)).toEqual(inactive);
  });

  it('and comes back when the consents permit again, while the token lives', async () => {
    const rpt = await anRpt(story);
    story.authority.world.consent = () => aRefusal;
    expect(await bodyOf(rpt)).toEqual(inactive);
    story.authority.world.consent = () => aDecision();
    expect((await bodyOf(rpt))['active']).toBe(true);
  });

  it('but nothing is added that was not granted then', async () => {
    const only = { op: 'is', atom: { kind: 'type', anyOf: ['Condition'] } } as const;
    story.authority.world.consent = () => aDecision({ filter: only });
    const rpt = await anRpt(story, ['patient/Observation.rs', 'patient/Condition.rs']);
    story.authority.world.consent = () => aDecision();
    expect((await bodyOf(rpt))['permissions']).toMatchObject([{ resource_scopes: ['patient/Condition.rs'] }]);
  });
});

describe('a token is inactive', () => {
  it('when the consent was withdrawn (U20), and the refusal is on record', async () => {
    const rpt = await anRpt(story);
    story.authority.world.consent = () => aRefusal;
    expect(await bodyOf(rpt)).toEqual(inactive);
    const { entries } = await story.authority.audit.find({ client: [story.resourceServer.id] }, { count: 1 });
    expect(entries[0]).toMatchObject({ outcome: 'deny', circumstances: { door: 'introspection' } });
  });

  it('when the decision ends within the second', async () => {
    const rpt = await anRpt(story);
    story.authority.world.consent = () =>
      aDecision({ holdsUntil: asInstant(story.authority.world.at + 100) });
    expect(await bodyOf(rpt)).toEqual(inactive);
  });

  it('and then the record says refused (D-3, U-j)', async () => {
    const rpt = await anRpt(story);
    const { at } = story.authority.world;
    story.authority.world.consent = () => aDecision({ holdsUntil: asInstant(at + 100) });
    await introspect(story, rpt);
    const asked = { client: [story.resourceServer.id] };
    const { entries } = await story.authority.audit.find(asked, { count: 1 });
    expect(entries[0]).toMatchObject({ outcome: 'deny', circumstances: { tokenId: payloadOf(rpt).jti } });
  });

  it('when its resource is gone, which leaves a record too (U-j)', async () => {
    const resource = await aResource(story);
    const rpt = await anRpt({ ...story, resource });
    await story.authority.sendJson('DELETE', `/uma/resources/${resource}`, undefined, story.pat);
    expect(await bodyOf(rpt)).toEqual(inactive);
    const asked = { client: [story.resourceServer.id] };
    const { entries } = await story.authority.audit.find(asked, { count: 1 });
    expect(entries[0]).toMatchObject({
      outcome: 'deny',
      reason: 'outside-permitted-data',
      patient: 'Patient/ann',
      circumstances: { door: 'introspection', tokenId: payloadOf(rpt).jti, transaction: expect.any(String) },
    });
  });

  it('when the patient has left the reach of the resource server or of the client (interfaces.md, Scopes)', async () => {
    const { world } = story.authority;
    const ann = { reference: 'Patient/ann', organization: 'Organization/a' };
    const limits = { organizations: ['Organization/a'] };
    world.patients.set('Patient/ann', ann);
    const resourceServer = await aResourceServer(story.authority, limits);
    const pat = await patOf(story.authority, resourceServer);
    const limited = { ...story, pat, resource: await aResource({ ...story, pat }) };
    const rpt = await anRpt(limited);
    const client = await aClient(story.authority, limits);
    const ofClient = await anRpt({ ...story, client });
    expect([await bodyOf(rpt, pat), await bodyOf(ofClient)]).toMatchObject([
      { active: true },
      { active: true },
    ]);
    world.patients.set('Patient/ann', { ...ann, organization: 'Organization/b' });
    expect([await bodyOf(rpt, pat), await bodyOf(ofClient)]).toEqual([inactive, inactive]);
    const asked = { client: [resourceServer.id], outcome: ['8'] as const };
    expect((await story.authority.audit.find(asked, { count: 9 })).total).toBe(1);
    world.patients.delete('Patient/ann');
    expect(await bodyOf(rpt, pat)).toEqual(inactive);
    world.patients.set('Patient/ann', { reference: 'Patient/ann' });
  });

  it('for every other resource server (U22, U-f)', async () => {
    const rpt = await anRpt(story);
    const other = await patOf(story.authority, await aResourceServer(story.authority));
    expect(await bodyOf(rpt, other)).toEqual(inactive);
  });

  it('for its own client, also when that is a resource server too', async () => {
    const client = await aResourceServer(story.authority);
    const rpt = await anRpt({ ...story, client });
    expect(await bodyOf(rpt, await patOf(story.authority, client))).toEqual(inactive);
  });

  it('when its client was disabled', async () => {
    const client = await aClient(story.authority);
    const rpt = await anRpt({ ...story, client });
    await story.authority.deps.clients.disable(client.id, story.authority.world.at);
    expect(await bodyOf(rpt)).toEqual(inactive);
  });

  it('when it opens our own API: an access token, the PAT itself', async () => {
    const client = await aClient(story.authority, { scopes: ['decision'] });
    expect(await bodyOf(await accessToken(story.authority, client, 'decision'))).toEqual(inactive);
    expect(await bodyOf(story.pat)).toEqual(inactive);
  });

  it('when it is forged', async () => {
    const rpt = await anRpt(story);
    const header = { typ: 'at+jwt', kid: String(headerOf(rpt)['kid']) };
    expect(await bodyOf(await signed(await aKeyPair(), payloadOf(rpt), header))).toEqual(inactive);
    expect(await bodyOf(unsigned(payloadOf(rpt), header))).toEqual(inactive);
  });

  it.each(['x', 'a.b.c', '\u0000', 'é'])('when it is %j', async (token) => {
    expect(await bodyOf(token)).toEqual(inactive);
  });

  it('once it has expired (U18)', async () => {
    const late = { ...story };
    const rpt = await anRpt(late);
    story.authority.wait(299);
    expect((await bodyOf(rpt))['active']).toBe(true);
    story.authority.wait(1);
    expect(await bodyOf(rpt)).toEqual(inactive);
  });
});

describe('who may ask', () => {
  it('is whoever brings a PAT (RFC 7662 row 1)', async () => {
    const rpt = await anRpt(story);
    const client = await aClient(story.authority, { scopes: ['decision'] });
    const other = await accessToken(story.authority, client, 'decision');
    expect((await story.authority.postForm('/oauth/introspect', { token: rpt })).status).toBe(401);
    expect((await introspect(story, rpt, other)).status).toBe(403);
    expect((await introspect(story, rpt, rpt)).status).toBe(401);
  });

  it('and must name a token, as a form, by POST', async () => {
    const authorization = `Bearer ${story.pat}`;
    expect((await story.authority.postForm('/oauth/introspect', {}, { authorization })).status).toBe(400);
    expect(
      (await story.authority.sendJson('POST', '/oauth/introspect', { token: 'x' }, story.pat)).status,
    ).toBe(400);
    expect((await story.authority.get('/oauth/introspect?token=x', story.pat)).status).toBe(405);
  });
});

it('an RPT opens none of our own APIs (U22)', async () => {
  const rpt = await anRpt(story);
  expect((await story.authority.get('/uma/resources', rpt)).status).toBe(401);
});
