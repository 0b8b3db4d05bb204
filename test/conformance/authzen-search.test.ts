/** AuthZEN Authorization API 1.0: searches and their pages (authzen.md §8, §10 C7, C11, S5). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Desk, observation, openDesk, residual } from '../protocols/authzen/desk.ts';
import { decisions, without } from './certification.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.service.stop());

describe('C7 (§8.4–8.6) the id of what is looked for is ignored, of the others required', () => {
  test.each([
    ['subject', 'resource'],
    ['resource', 'subject'],
    ['action', 'subject'],
    ['action', 'resource'],
  ] as const)('%s search without the id of the %s', async (kind, name) => {
    const body = desk.evaluation();
    expect((await desk.search(kind, { ...body, [name]: without(body[name], 'id') })).status).toBe(400);
  });

  test.each(['subject', 'resource'] as const)('%s search with any id of that, or none', async (kind) => {
    const body = desk.evaluation();
    const none = await desk.search(kind, { ...body, [kind]: without(body[kind], 'id') });
    const other = await desk.search(kind, { ...body, [kind]: { ...body[kind], id: 17 } });
    expect([none.status, none.body.results.length]).toEqual([200, 1]);
    expect(other.body).toEqual(none.body);
  });

  test.each(['subject', 'resource'] as const)('%s search needs the action', async (kind) => {
    expect((await desk.search(kind, without(desk.evaluation(), 'action'))).status).toBe(400);
  });
});

describe('C11 (§8.2) paging', () => {
  const candidates = Array.from({ length: 25 }, (_, at) => observation(`o${at}`, at % 5 === 0 ? 'R' : 'N'));
  const searched = (page: object | undefined, over: object = {}) =>
    desk.search('resource', {
      ...desk.evaluation(),
      resource: { type: 'Observation', properties: { patient: `Patient/${desk.patient}`, candidates } },
      ...(page ? { page } : {}),
      ...over,
    });

  test.each([1, 7, 20, 100])(
    'tokens cover the set once, and the last is empty: %i at a time',
    async (limit) => {
      const all = (await searched(undefined)).body.results;
      expect(all).toHaveLength(20);
      const seen: unknown[] = [];
      let page: object = { limit };
      for (let pages = 0; pages < 30; pages++) {
        const { status, body } = await searched(page);
        expect(status).toBe(200);
        expect(body.page).toMatchObject({ count: body.results.length, total: 20 });
        seen.push(...body.results);
        if (body.page.next_token === '') break;
        page = { limit, token: body.page.next_token };
      }
      expect(seen).toEqual(all);
    },
  );

  test('a limit of 0 counts; one that is no count is refused', async () => {
    const { body } = await searched({ limit: 0 });
    expect([body.results, body.page.count, body.page.total]).toEqual([[], 0, 20]);
    for (const limit of [-1, 1.5, '3']) expect((await searched({ limit })).status).toBe(400);
  });

  test('a token is refused for another question, another client, or when it was made up (S2, S6)', async () => {
    const { page } = (await searched({ limit: 5 })).body;
    const token = page.next_token;
    expect((await searched({ limit: 5, token })).status).toBe(200);
    const refused = [
      await searched({ limit: 6, token }),
      await searched({ limit: 5, token, properties: { sort: 'x' } }),
      await searched({ limit: 5, token }, { action: { name: 'search' } }),
      await searched({ limit: 5, token }, { context: { purpose_of_use: ['ETREAT'] } }),
      await searched({ limit: 5, token: `${token.slice(0, -2)}AA` }),
      await searched({ limit: 5, token: 'x' }),
    ];
    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 400));
    const another = await desk.service.clientWith(['decision']);
    const body = {
      ...desk.evaluation(),
      resource: { type: 'Observation', properties: { patient: `Patient/${desk.patient}`, candidates } },
      page: { limit: 5, token },
    };
    expect((await desk.search('resource', body)).status).toBe(200);
    expect((await desk.search('resource', body, another)).status).toBe(400);
  });

  test('the order of members means nothing (T3)', async () => {
    const { page } = (await searched({ limit: 5 })).body;
    const { subject, action, context } = desk.evaluation();
    const turned = {
      page: { token: page.next_token, limit: 5 },
      context,
      resource: { properties: { candidates, patient: `Patient/${desk.patient}` }, type: 'Observation' },
      action,
      subject: { id: subject.id, type: subject.type },
    };
    expect((await desk.search('resource', turned)).status).toBe(200);
  });

  test('a token tells nothing', async () => {
    const { page } = (await searched({ limit: 5 })).body;
    expect(Buffer.from(page.next_token, 'base64url').toString('latin1')).not.toMatch(
      /place|Observation|Patient/,
    );
  });
});

describe('S5 (§8.1) every result of a search is true as an evaluation', () => {
  const aware = { purpose_of_use: ['TREAT'], supported_obligations: [residual] };
  const question = () => ({ ...desk.evaluation({ resource: desk.general('Patient'), context: aware }) });

  test('subjects', async () => {
    for (const type of ['practitioner', 'organization']) {
      const { body } = await desk.search('subject', { ...question(), subject: { type } });
      for (const subject of body.results)
        expect((await desk.evaluate({ ...question(), subject })).body.decision).toBe(true);
    }
  });

  test('resources', async () => {
    const { body } = await desk.search('resource', { ...question(), page: { limit: 1000 } });
    expect(body.results.length).toBeGreaterThan(50);
    const evaluations = body.results.map((resource: object) => ({ resource }));
    const answers = await desk.evaluateAll({ ...question(), evaluations });
    expect(decisions(answers.body).every((decision) => decision)).toBe(true);
  });

  test('actions', async () => {
    const { body } = await desk.search('action', question());
    expect(body.results).not.toEqual([]);
    for (const action of body.results)
      expect((await desk.evaluate({ ...question(), action })).body.decision).toBe(true);
  });
});
