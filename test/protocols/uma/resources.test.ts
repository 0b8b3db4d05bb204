/** Resource registration by an RS-level PAT (uma2.md §4, U2 … U4; interfaces.md, RS-level PAT). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aClient, accessToken, aResourceServer, issuer, patOf, type Reply } from '../../support/authority.ts';
import { anUmaStory, aResource, aTicket, type Story } from '../../support/uma-story.ts';

let story: Story;

beforeAll(async () => {
  story = await anUmaStory();
  const { patients } = story.authority.world;
  patients.set('urn:mrn|4711', { reference: 'Patient/ann' });
  patients.set('Patient/bob', { reference: 'Patient/bob', organization: 'Organization/a' });
});
afterAll(() => story.authority.stop());

const answer = ({ status, body }: Reply) => ({ status, error: body?.['error'] });
const call = (method: string, path: string, body?: unknown, pat = story.pat): Promise<Reply> =>
  story.authority.sendJson(method, `/uma/resources${path}`, body, pat);
const create = (body: unknown, pat?: string): Promise<Reply> => call('POST', '', body, pat);

const description = {
  resource_owner: 'Patient/ann',
  resource_scopes: ['patient/Observation.rs', 'read'],
  type: 'http://hl7.org/fhir/Patient',
  name: 'a record',
};

describe('a resource', () => {
  it('is created with an id that tells nothing (U3; uma2.md §16)', async () => {
    const reply = await create(description);
    expect(reply.status).toBe(201);
    expect(reply.body).toEqual({ _id: expect.stringMatching(/^[\da-f-]{36}$/) });
    expect(reply.headers.get('location')).toBe(`${issuer}/uma/resources/${reply.body['_id']}`);
    expect(reply.headers.get('cache-control')).toBe('no-store');
  });

  it('is read as it was described, its owner by reference (U3)', async () => {
    const { body } = await create({
      ...description,
      resource_owner: 'urn:mrn|4711',
      icon_uri: 'https://as.example/i',
    });
    const read = await call('GET', `/${body['_id']}`);
    expect(read.status).toBe(200);
    expect(read.body).toEqual({ ...description, _id: body['_id'], icon_uri: 'https://as.example/i' });
  });

  it('loses by PUT what is not named again, its owner apart (U3)', async () => {
    const id = await aResource(story, description);
    expect((await call('PUT', `/${id}`, { resource_scopes: ['search'] })).body).toEqual({ _id: id });
    expect((await call('GET', `/${id}`)).body).toEqual({
      _id: id,
      resource_owner: 'Patient/ann',
      resource_scopes: ['search'],
    });
  });

  it('is listed until it is deleted (U3)', async () => {
    const id = await aResource(story);
    expect((await call('GET', '')).body).toContain(id);
    expect((await call('DELETE', `/${id}`)).status).toBe(204);
    expect((await call('GET', '')).body).not.toContain(id);
    expect(answer(await call('GET', `/${id}`))).toEqual({ status: 404, error: 'not_found' });
    expect(answer(await call('DELETE', `/${id}`))).toEqual({ status: 404, error: 'not_found' });
  });

  it('keeps members we do not know to itself (U23)', async () => {
    expect((await create({ ...description, x_secret: 'y' })).status).toBe(201);
  });
});

describe('another resource server', () => {
  it('finds nothing of it: read, replace, delete, list, ticket (U2)', async () => {
    const id = await aResource(story);
    const other = await patOf(story.authority, await aResourceServer(story.authority));
    const nothing = { status: 404, error: 'not_found' };
    expect(answer(await call('GET', `/${id}`, undefined, other))).toEqual(nothing);
    expect(answer(await call('PUT', `/${id}`, description, other))).toEqual(nothing);
    expect(answer(await call('DELETE', `/${id}`, undefined, other))).toEqual(nothing);
    expect((await call('GET', '', undefined, other)).body).toEqual([]);
    await expect(aTicket({ ...story, resource: id, pat: other })).rejects.toThrow('invalid_resource_id');
    expect((await call('GET', `/${id}`)).status).toBe(200);
  });
});

describe('a patient', () => {
  const ownerRefused = async (owner: string, pat?: string): Promise<Reply> =>
    await create({ ...description, resource_owner: owner }, pat);

  it('that nobody knows is refused like one out of reach, word for word (U-h, T6)', async () => {
    const limited = await aResourceServer(story.authority, { patients: ['Patient/ann'] });
    const pat = await patOf(story.authority, limited);
    const [unknown, foreign] = [
      await ownerRefused('Patient/nobody', pat),
      await ownerRefused('Patient/bob', pat),
    ];
    expect(answer(unknown)).toEqual({ status: 403, error: 'access_denied' });
    expect(foreign.body).toEqual(unknown.body);
    expect(foreign.status).toBe(unknown.status);
    expect((await create(description, pat)).status).toBe(201);
  });

  it('is in reach of a client that is limited to the organization where the record stands', async () => {
    const atA = await patOf(
      story.authority,
      await aResourceServer(story.authority, { organizations: ['Organization/a'] }),
    );
    expect((await ownerRefused('Patient/bob', atA)).status).toBe(201);
    expect(answer(await ownerRefused('Patient/ann', atA))).toEqual({ status: 403, error: 'access_denied' });
  });

  it('who left the reach of the resource server is unknown to it: read and replace (interfaces.md, Scopes)', async () => {
    const { patients } = story.authority.world;
    const limits = { organizations: ['Organization/a'] };
    const pat = await patOf(story.authority, await aResourceServer(story.authority, limits));
    patients.set('Patient/cyd', { reference: 'Patient/cyd', organization: 'Organization/a' });
    const { body } = await create({ ...description, resource_owner: 'Patient/cyd' }, pat);
    const scopes = { resource_scopes: ['read'] };
    expect((await call('PUT', `/${body['_id']}`, scopes, pat)).status).toBe(200);
    patients.set('Patient/cyd', { reference: 'Patient/cyd', organization: 'Organization/b' });
    const nothing = { status: 404, error: 'not_found' };
    expect(answer(await call('GET', `/${body['_id']}`, undefined, pat))).toEqual(nothing);
    expect(answer(await call('PUT', `/${body['_id']}`, scopes, pat))).toEqual(nothing);
    expect((await call('DELETE', `/${body['_id']}`, undefined, pat)).status).toBe(204);
  });

  it('does not change by PUT', async () => {
    const id = await aResource(story);
    const moved = await call('PUT', `/${id}`, { ...description, resource_owner: 'Patient/bob' });
    expect(answer(moved)).toEqual({ status: 403, error: 'access_denied' });
    expect((await call('PUT', `/${id}`, description)).status).toBe(200);
    expect((await call('GET', `/${id}`)).body['resource_owner']).toBe('Patient/ann');
  });
});

describe('a request is refused', () => {
  const invalid = { status: 400, error: 'invalid_request' };

  it.each([
    ['without resource_scopes (U4)', { ...description, resource_scopes: undefined }],
    ['with resource_scopes that are no list (U4)', { ...description, resource_scopes: 'read' }],
    ['with a scope that is no string', { ...description, resource_scopes: [1] }],
    ['with a scope that contains a space', { ...description, resource_scopes: ['a b'] }],
    ['with a scope that contains NUL', { ...description, resource_scopes: ['a\u0000b'] }],
    ['without an owner', { ...description, resource_owner: undefined }],
    ['with an owner of another type', { ...description, resource_owner: 'Organization/a' }],
    ['with an owner that contains NUL', { ...description, resource_owner: 'urn:mrn|a\u0000' }],
    ['with a list', [description]],
  ])('%s', async (_, body) => {
    expect(answer(await create(body))).toEqual(invalid);
  });

  it('that is not JSON (U4)', async () => {
    const { authority, pat } = story;
    const reply = await authority.send('/uma/resources', {
      method: 'POST',
      headers: { authorization: `Bearer ${pat}`, 'content-type': 'application/json' },
      body: '{"resource_scopes":',
    });
    expect(answer(reply)).toEqual(invalid);
  });

  it('by PATCH (U4)', async () => {
    expect((await call('PATCH', `/${story.resource}`, {})).status).toBe(405);
  });

  it('without a PAT, and with a token that is none (U2)', async () => {
    const client = await aClient(story.authority, { scopes: ['decision'] });
    const token = await accessToken(story.authority, client, 'decision');
    expect((await story.authority.sendJson('POST', '/uma/resources', description)).status).toBe(401);
    expect(answer(await create(description, token))).toEqual({ status: 403, error: 'insufficient_scope' });
  });

  it('of a client that serves under no URI, since no token could be meant for it', async () => {
    const pat = await patOf(story.authority, await aClient(story.authority, { scopes: ['uma_protection'] }));
    expect(answer(await create(description, pat))).toEqual({ status: 403, error: 'access_denied' });
  });

  it.each(['x', '%00', 'a%2Fb', '00000000-0000-4000-8000-000000000000'])(
    'for an id that is none: %s',
    async (id) => {
      expect(answer(await call('GET', `/${id}`))).toEqual({ status: 404, error: 'not_found' });
    },
  );

  it('and a description with text that no database takes is refused (RFC 8259, I-JSON)', async () => {
    const { body, status } = await create({ ...description, name: 'a\u0000b' });
    expect(status).toBe(400);
    expect(body['error']).toBe('invalid_request');
  });
});
