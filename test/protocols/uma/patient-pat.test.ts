/** A PAT that a patient granted: everything is keyed by that owner and the resource server (uma2.md §3; F §1.3). */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aDecision, authorizedToken } from '../../support/authority.ts';
import {
  anRpt,
  answer,
  anUmaStory,
  aResource,
  aTicket,
  introspect,
  type Story,
} from '../../support/uma-story.ts';

let story: Story;
/** Of the same resource server, granted by two patients. */
let [anns, bobs] = ['', ''];

beforeAll(async () => {
  story = await anUmaStory();
  story.authority.world.patients.set('Patient/bob', { reference: 'Patient/bob' });
  story.authority.world.patients.set('urn:mrn|4711', { reference: 'Patient/ann' });
  const granted = (by: string) =>
    authorizedToken(story.authority, story.resourceServer, by, 'uma_protection');
  [anns, bobs] = [await granted('Patient/ann'), await granted('Patient/bob')];
});
afterAll(() => story.authority.stop());
beforeEach(() => {
  story.authority.world.consent = () => aDecision();
});

const as = (pat: string) => ({ ...story, pat });
const call = (pat: string, method: string, path: string, body?: unknown) =>
  story.authority.sendJson(method, `/uma/resources${path}`, body, pat);
const description = { resource_scopes: ['patient/Observation.rs'] };
const notFound = { status: 404, error: 'not_found' };

describe('a resource registered with it', () => {
  it("is its owner's without saying so", async () => {
    const { status, body } = await call(anns, 'POST', '', description);
    expect(status).toBe(201);
    const read = await call(anns, 'GET', `/${body['_id']}`);
    expect(read.body).toEqual({ ...description, _id: body['_id'], resource_owner: 'Patient/ann' });
  });

  it.each(['Patient/ann', 'urn:mrn|4711'])('may name that owner: %s', async (resource_owner) => {
    const { status, body } = await call(anns, 'POST', '', { ...description, resource_owner });
    expect(status).toBe(201);
    expect((await call(anns, 'PUT', `/${body['_id']}`, { ...description, resource_owner })).status).toBe(200);
  });

  it('is nobody else’s: another owner is refused as one who is unknown, word for word', async () => {
    const another = await call(anns, 'POST', '', { ...description, resource_owner: 'Patient/bob' });
    const unknown = await call(anns, 'POST', '', { ...description, resource_owner: 'Patient/nobody' });
    expect(answer(another)).toEqual({ status: 403, error: 'access_denied' });
    expect(another.body).toEqual(unknown.body);
    const id = await aResource(as(anns));
    expect(
      answer(await call(anns, 'PUT', `/${id}`, { ...description, resource_owner: 'Patient/bob' })),
    ).toEqual({ status: 403, error: 'access_denied' });
  });

  it('is none where its owner left our files: the token ends with them', async () => {
    const { world } = story.authority;
    world.patients.delete('Patient/bob');
    const refused = await call(bobs, 'POST', '', description);
    world.patients.set('Patient/bob', { reference: 'Patient/bob' });
    expect(answer(refused)).toEqual({ status: 401, error: 'invalid_token' });
    expect((await call(bobs, 'POST', '', description)).status).toBe(201);
  });
});

it('a PAT of the resource server itself must name an owner', async () => {
  const { status, body } = await call(story.pat, 'POST', '', description);
  expect({ status, error: body['error'] }).toEqual({ status: 400, error: 'invalid_request' });
});

describe("another owner's resource is not found (U2)", () => {
  it('when it is read, replaced, deleted or listed', async () => {
    const id = await aResource(as(anns));
    expect(answer(await call(bobs, 'GET', `/${id}`))).toEqual(notFound);
    expect(answer(await call(bobs, 'PUT', `/${id}`, description))).toEqual(notFound);
    expect(answer(await call(bobs, 'DELETE', `/${id}`))).toEqual(notFound);
    expect((await call(bobs, 'GET', '')).body).not.toContain(id);
    expect((await call(anns, 'GET', '')).body).toContain(id);
    expect((await call(story.pat, 'GET', '')).body).toContain(id);
  });

  it('nor given a ticket', async () => {
    const asked = [{ resource_id: await aResource(as(anns)), resource_scopes: [] }];
    const ask = (pat: string) => story.authority.sendJson('POST', '/uma/permission', asked, pat);
    expect(answer(await ask(bobs))).toEqual({ status: 400, error: 'invalid_resource_id' });
    expect((await ask(anns)).status).toBe(201);
  });

  it('nor its RPT, which leaves no record', async () => {
    const rpt = await anRpt({ ...as(anns), resource: await aResource(as(anns)) });
    const recorded = async () =>
      (await story.authority.audit.find({ client: [story.resourceServer.id] }, { count: 100 })).entries
        .length;
    const before = await recorded();
    expect((await introspect(story, rpt, bobs)).body).toEqual({ active: false });
    expect(await recorded()).toBe(before);
    expect((await introspect(story, rpt, anns)).body['active']).toBe(true);
    expect((await introspect(story, rpt)).body['active']).toBe(true);
  });
});

it('a ticket asked for with it becomes an RPT about that owner', async () => {
  const asked: string[] = [];
  story.authority.world.consent = ({ patient }) => {
    asked.push(patient);
    return aDecision();
  };
  const own = { ...as(bobs), resource: await aResource(as(bobs), { resource_owner: undefined }) };
  await aTicket(own);
  await anRpt(own);
  expect(asked).toEqual(['Patient/bob']);
});
