/** AuthZEN Authorization API 1.0: the checks of its certification scenario (authzen.md §10), over a patient's consents. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Desk, observation, openDesk } from '../protocols/authzen/desk.ts';
import { decisions, endpoints, fixtureOf, without } from './certification.ts';

let desk: Desk;
let fixture: ReturnType<typeof fixtureOf>;
beforeAll(async () => {
  desk = await openDesk();
  fixture = fixtureOf(desk);
});
afterAll(() => desk.service.stop());

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  desk.asker.post(`/access/v1/${path}`, body, headers);

describe('C1 (§6) evaluation', () => {
  test('the fixtures are decided as they should be, and again when they are asked again', async () => {
    for (const [name, over, expected] of [...fixture, ...fixture]) {
      const { status, headers, body } = await desk.evaluate(over);
      expect([name, status, body.decision]).toEqual([name, 200, expected]);
      expect(headers.get('content-type')).toBe('application/json');
    }
  });

  test('but for its id and its end an answer is the same each time', async () => {
    const [one, other] = await Promise.all([desk.evaluate(), desk.evaluate()]);
    expect({ ...one.body.context, decision_id: '' }).toEqual({ ...other.body.context, decision_id: '' });
  });
});

describe('C2 (§10.1) what is no JSON object is refused with 400 and a message', () => {
  test.each(endpoints)('at %s', async (path) => {
    const answers = [
      await post(path, desk.evaluation(), { 'content-type': 'text/plain' }),
      await post(path, JSON.stringify(desk.evaluation()), {
        'content-type': 'application/x-www-form-urlencoded',
      }),
      await post(path, '{"subject":'),
      await post(path, ''),
      await post(path, '[]'),
      await post(path, '"text"'),
      await post(path, 'null'),
    ];
    for (const { status, headers, body } of answers) {
      expect([status, headers.get('content-type'), typeof body]).toEqual([400, 'application/json', 'string']);
    }
  });
});

describe('C3 (§6, §10.1.1) what lacks a member, or has one of another type, is refused with 400', () => {
  const whole = { type: 'a', id: 'b' };
  test.each([
    ...['subject', 'action', 'resource'].map((name) => [`no ${name}`, name, undefined] as const),
    ...['subject', 'action', 'resource', 'context'].flatMap((name) => [
      [`${name} as text`, name, 'x'] as const,
      [`${name} as a list`, name, []] as const,
      [`${name} as null`, name, null] as const,
    ]),
    ...['subject', 'resource'].flatMap((name) => [
      [`${name} without type`, name, { id: 'b' }] as const,
      [`${name} without id`, name, { type: 'a' }] as const,
      [`${name} with a number as type`, name, { ...whole, type: 1 }] as const,
      [`${name} with an object as id`, name, { ...whole, id: {} }] as const,
      [`${name} with text as properties`, name, { ...whole, properties: 'x' }] as const,
    ]),
    ['action without name', 'action', {}] as const,
    ['action with a list as name', 'action', { name: [] }] as const,
  ])('%s', async (_, name, value) => {
    const { status, body } = await desk.evaluate({ [name]: value });
    expect([status, typeof body]).toEqual([400, 'string']);
    expect(body).toContain(name);
    // E1 (§7.1): without evaluations the same holds of the batch.
    const batch = await desk.evaluateAll({ ...desk.evaluation(), [name]: value });
    expect([batch.status, batch.body]).toEqual([400, body]);
  });
});

describe('C4 (§7.2.1) a faulty item is answered for itself', () => {
  test.each(['subject', 'action', 'resource'])('that lacks %s after the defaults', async (name) => {
    const { status, body } = await desk.evaluateAll({
      evaluations: [desk.evaluation(), without(desk.evaluation(), name), desk.evaluation()],
    });
    expect([status, decisions(body)]).toEqual([200, [true, false, true]]);
    expect(body.evaluations[1].context.error).toEqual({
      status: 400,
      message: expect.stringContaining(name),
    });
  });

  test('as is one that is no object, or contradicts itself', async () => {
    const inline = {
      type: 'Condition',
      id: 'a',
      properties: { patient: `Patient/${desk.patient}`, resource: observation('a') },
    };
    const { body } = await desk.evaluateAll({
      ...desk.evaluation(),
      evaluations: ['x', null, [], { resource: inline }, { subject: 5 }, {}],
    });
    expect(decisions(body)).toEqual([false, false, false, false, false, true]);
    expect(
      body.evaluations
        .slice(0, 5)
        .every(
          (each: { readonly context: { readonly error: { readonly status: number } } }) =>
            each.context.error.status === 400,
        ),
    ).toBe(true);
  });
});

describe('C5 (§10.1.1) unknown members are ignored', () => {
  const unknown = { zzz: { deep: [1, null, 'x'] } };
  test('everywhere', async () => {
    const { subject, action, resource, context } = desk.evaluation();
    const more = {
      ...unknown,
      subject: { ...subject, ...unknown, properties: unknown },
      action: { ...action, ...unknown, properties: unknown },
      resource: { ...resource, ...unknown, properties: { ...resource.properties, ...unknown } },
      context: { ...context, ...unknown },
    };
    expect((await post('evaluation', more)).body.decision).toBe(true);
    const options = { ...unknown };
    const { body } = await desk.evaluateAll({ ...more, evaluations: [unknown], options });
    expect(decisions(body)).toEqual([true]);
    const page = { ...unknown };
    expect((await desk.search('action', { ...more, page })).status).toBe(200);
  });
});

describe('C6 (§6, §8) what nobody knows', () => {
  const unknown = [
    ['a subject', { subject: { type: 'practitioner', id: 'Practitioner/nobody' } }],
    ['a type of subject', { subject: { type: 'user', id: 'alice' } }],
    ['a type of resource', { resource: { type: 'record', id: 'record-1' } }],
    ['an action', { action: { name: 'frobnicate' } }],
    ['a patient', { resource: { type: 'Observation', id: '*', properties: { patient: 'Patient/unknown' } } }],
  ] as const;

  test.each(unknown)('%s: an evaluation is false, and recorded', async (_, over) => {
    const before = (await desk.service.audit.find({}, { count: 1 })).total ?? 0;
    const { status, body } = await desk.evaluate(over);
    expect([status, body.decision]).toEqual([200, false]);
    const after = await desk.service.audit.find({}, { count: 1 });
    expect([after.total, after.entries[0]?.id]).toEqual([before + 1, body.context.decision_id]);
  });

  test.each(unknown)('%s: even where policy permits what no consent speaks of', async (name, over) => {
    const open = await openDesk({ implicitPolicy: 'all-normal' });
    const { body } = await open.evaluate({
      ...over,
      ...('resource' in over ? {} : { resource: desk.labelled('N') }),
    });
    // A person and a patient of whom nothing is known are what such a policy is about.
    expect(body.decision).toBe(name === 'a subject');
    await open.service.stop();
  });

  test.each(unknown)('%s: a search finds nothing', async (name, over) => {
    const asked = { ...desk.evaluation({ resource: desk.labelled('N') }), ...over };
    for (const kind of ['subject', 'resource', 'action'] as const) {
      const given =
        kind === 'subject' && name === 'a subject' ? { ...asked, subject: { type: 'device' } } : asked;
      if (kind === 'action' && name === 'an action') continue;
      const { status, body } = await desk.search(kind, given);
      expect([kind, status, body]).toEqual([
        kind,
        200,
        { results: [], page: { next_token: '', count: 0, total: 0 } },
      ]);
    }
  });
});

describe('C9 (§10.1.3) X-Request-ID', () => {
  const ids = ['bfe9eb29-ab87-4ca3-be83-a1d5d8305716', 'run 7/"b" #caf\u00e9'];
  test.each(endpoints.flatMap((path) => ids.map((id) => [path, id] as const)))(
    'comes back from %s, from errors too: %s',
    async (path, sent) => {
      const id = { 'x-request-id': sent };
      const answers = [
        await post(path, desk.evaluation(), id),
        await post(path, '{', id),
        await desk.service.send('POST', `/access/v1/${path}`, {}, id),
        await desk.filer.post(`/access/v1/${path}`, {}, id),
      ];
      expect(answers.map(({ status }) => status)).toEqual([200, 400, 401, 403]);
      for (const { headers } of answers) expect(headers.get('x-request-id')).toBe(id['x-request-id']);
    },
  );
});

describe('C10 (§9) discovery', () => {
  const issuer = 'https://consent.example.org';

  test('is where the identifier says, and names what is served', async () => {
    const { status, headers, body } = await desk.service.send('GET', '/.well-known/authzen-configuration');
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json']);
    const { policy_decision_point, ...urls } = body;
    expect(policy_decision_point).toBe(issuer);
    expect(urls).toEqual({
      access_evaluation_endpoint: `${issuer}/access/v1/evaluation`,
      access_evaluations_endpoint: `${issuer}/access/v1/evaluations`,
      search_subject_endpoint: `${issuer}/access/v1/search/subject`,
      search_resource_endpoint: `${issuer}/access/v1/search/resource`,
      search_action_endpoint: `${issuer}/access/v1/search/action`,
    });
    for (const url of Object.values(urls as Record<string, string>)) {
      const answer = await desk.asker.post(url.slice(issuer.length), desk.evaluation());
      expect([url, answer.status]).toEqual([url, 200]);
    }
  });

  test('of no tenant, nor of what is not advertised', async () => {
    for (const path of [
      '/.well-known/authzen-configuration/tenant1',
      '/access/v1/search',
      '/access/v1/search/context',
      '/access/v2/evaluation',
    ]) {
      const { status, body } = await desk.asker.post(path, desk.evaluation());
      expect([path, status]).toEqual([path, 404]);
      if (path.startsWith('/access')) expect(typeof body).toBe('string');
    }
  });

  test('an endpoint answers POST alone', async () => {
    const { status, headers } = await desk.asker.get('/access/v1/evaluation');
    expect([status, headers.get('allow')]).toEqual([405, 'POST']);
  });
});
