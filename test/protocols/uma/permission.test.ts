/** The permission endpoint (uma2.md §5, U5): what a resource server needs becomes one ticket. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aResourceServer, patOf, type Reply } from '../../support/authority.ts';
import { anUmaStory, aResource, redeem, type Story } from '../../support/uma-story.ts';

let story: Story;
let another: string;
let bobs: string;

beforeAll(async () => {
  story = await anUmaStory();
  story.authority.world.patients.set('Patient/bob', { reference: 'Patient/bob' });
  another = await aResource(story);
  bobs = await aResource(story, { resource_owner: 'Patient/bob' });
});
afterAll(() => story.authority.stop());

const ask = (body: unknown): Promise<Reply> =>
  story.authority.sendJson('POST', '/uma/permission', body, story.pat);
const on = (resource_id: string, ...resource_scopes: readonly string[]) => ({ resource_id, resource_scopes });
const answer = ({ status, body }: Reply) => ({ status, error: body['error'] });

describe('one ticket is issued (U5)', () => {
  it.each([
    ['for one resource', () => on(story.resource, 'read')],
    ['for a list', () => [on(story.resource, 'read'), on(another, 'patient/*.rs')]],
    ['for no scope at all', () => on(story.resource)],
    ['for one resource named twice', () => [on(story.resource, 'read'), on(story.resource, 'view')]],
  ])('%s', async (_, body) => {
    const reply = await ask(body());
    expect(reply.status).toBe(201);
    expect(Object.keys(reply.body)).toEqual(['ticket']);
    expect(String(reply.body['ticket'])).toMatch(/^[\w-]{43}$/);
    expect(reply.headers.get('cache-control')).toBe('no-store');
  });

  it('never the same', async () => {
    const tickets = await Promise.all(Array.from({ length: 5 }, () => ask(on(story.resource))));
    expect(new Set(tickets.map(({ body }) => body['ticket'])).size).toBe(5);
  });

  it('and mentions of one resource add up', async () => {
    const { body } = await ask([on(story.resource, 'view'), on(story.resource, 'read')]);
    expect((await redeem(story, String(body['ticket']))).status).toBe(200);
  });
});

describe('no ticket is issued', () => {
  const unknown = { status: 400, error: 'invalid_resource_id' };

  it.each([
    ['for an unknown resource (U5)', () => on('00000000-0000-4000-8000-000000000000', 'read'), unknown],
    [
      'for an id that no database takes',
      () => on('a\u0000b', 'read'),
      { status: 400, error: 'invalid_request' },
    ],
    ['when one of several is unknown', () => [on(story.resource, 'read'), on('x', 'read')], unknown],
    ['for resources of two owners (§4)', () => [on(story.resource, 'read'), on(bobs, 'read')], unknown],
    [
      'for a scope that is not registered (U5)',
      () => on(story.resource, 'write'),
      { status: 400, error: 'invalid_scope' },
    ],
    [
      'without resource_scopes',
      () => ({ resource_id: story.resource }),
      { status: 400, error: 'invalid_request' },
    ],
    ['without resource_id', () => ({ resource_scopes: [] }), { status: 400, error: 'invalid_request' }],
    ['for an empty list', () => [], { status: 400, error: 'invalid_request' }],
  ])('%s', async (_, body, expected) => {
    const reply = await ask(body());
    expect(answer(reply)).toEqual(expected);
    expect(reply.headers.get('cache-control')).toBe('no-store');
  });

  it('for a patient that the client may no longer ask about', async () => {
    const { id } = story.resourceServer;
    await story.authority.db.execute(`update client set patients = '{Patient/ann}' where id = '${id}'`);
    expect(answer(await ask(on(bobs, 'read')))).toEqual(unknown);
    expect((await ask(on(story.resource, 'read'))).status).toBe(201);
  });

  it('for a patient who left the organizations of the client, or our files (interfaces.md, Scopes)', async () => {
    const { authority, pat: usual } = story;
    const { patients } = authority.world;
    const limits = { organizations: ['Organization/a'] };
    patients.set('Patient/cyd', { reference: 'Patient/cyd', organization: 'Organization/a' });
    const pat = await patOf(authority, await aResourceServer(authority, limits));
    const cyds = await aResource({ authority, pat }, { resource_owner: 'Patient/cyd' });
    story = { ...story, pat };
    expect((await ask(on(cyds, 'read'))).status).toBe(201);
    patients.set('Patient/cyd', { reference: 'Patient/cyd', organization: 'Organization/b' });
    expect(answer(await ask(on(cyds, 'read')))).toEqual(unknown);
    patients.delete('Patient/cyd');
    expect(answer(await ask(on(cyds, 'read')))).toEqual(unknown);
    story = { ...story, pat: usual };
  });

  it('without a PAT (U2)', async () => {
    expect((await story.authority.sendJson('POST', '/uma/permission', on(story.resource))).status).toBe(401);
  });
});
