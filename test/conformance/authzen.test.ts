/** AuthZEN Authorization API 1.0: the checks of its certification scenario (authzen.md §10), over a patient's consents. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Desk, observation, openDesk, residual } from '../protocols/authzen/desk.ts';

let desk: Desk;
let fixture: readonly (readonly [string, object, boolean])[];
const endpoints = ['evaluation', 'evaluations', 'search/subject', 'search/resource', 'search/action'];

beforeAll(async () => {
  desk = await openDesk();
  const bob = { type: 'organization', id: 'Organization/bob' };
  fixture = [
    ['alice reads', {}, true],
    ['alice reads what is restricted', { resource: desk.labelled('R') }, false],
    ['alice searches', { action: { name: 'search' } }, true],
    ['alice deletes', { action: { name: 'delete' } }, true],
    ['alice reads for research', { context: { purpose_of_use: ['HRESCH'] } }, false],
    ['bob reads', { subject: bob }, false],
    ['bob deletes', { subject: bob, action: { name: 'delete' } }, false],
    [
      'alice reads of somebody else',
      { resource: { ...desk.labelled('N'), properties: { patient: 'Patient/else' } } },
      false,
    ],
  ];
});
afterAll(() => desk.service.stop());

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  desk.asker.post(`/access/v1/${path}`, body, headers);
const without = (body: object, name: string) =>
  Object.fromEntries(Object.entries(body).filter(([member]) => member !== name));
const decisions = (body: { readonly evaluations: readonly { readonly decision: boolean }[] }) =>
  body.evaluations.map(({ decision }) => decision);

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

describe('C8 (§7) batches', () => {
  const restricted = () => ({ resource: desk.labelled('R') });

  test('answers come in the order of the items, without a decision on top (E5, E6)', async () => {
    const { body } = await desk.evaluateAll({
      ...desk.evaluation(),
      evaluations: fixture.map(([, over]) => over),
    });
    expect(decisions(body)).toEqual(fixture.map(([, , expected]) => expected));
    expect(Object.keys(body)).toEqual(['evaluations']);
  });

  test.each([{}, { evaluations: [] }])('without items it is one evaluation (E1): %j', async (over) => {
    const { body } = await desk.evaluateAll({ ...desk.evaluation(), ...over });
    const single = await desk.evaluate();
    expect({ ...body.context, decision_id: '' }).toEqual({ ...single.body.context, decision_id: '' });
    expect(body.decision).toBe(true);
  });

  test('a member of an item takes the place of the whole default (E2)', async () => {
    const labels = { ...desk.labelled('N'), properties: { security_labels: ['N'] } };
    const { body } = await desk.evaluateAll({
      ...desk.evaluation(),
      evaluations: [{}, { resource: labels }, { context: {} }, { context: { purpose_of_use: ['TREAT'] } }],
    });
    expect(decisions(body)).toEqual([true, false, false, true]);
  });

  test('defaults may be absent where every item has its own (E3)', async () => {
    const { body } = await desk.evaluateAll({
      evaluations: [desk.evaluation(), desk.evaluation(restricted())],
    });
    expect(decisions(body)).toEqual([true, false]);
  });

  test.each([
    ['execute_all', [true, false, true, false, true]],
    ['deny_on_first_deny', [true, false]],
    ['permit_on_first_permit', [true]],
  ])('%s (E4, E5)', async (evaluations_semantic, expected) => {
    const { body } = await desk.evaluateAll({
      ...desk.evaluation(),
      evaluations: [{}, restricted(), {}, restricted(), {}],
      options: { evaluations_semantic, another_option: 1 },
    });
    expect(decisions(body)).toEqual(expected);
  });

  test('permit_on_first_permit goes on over refusals, to the end where there are no others', async () => {
    const options = { evaluations_semantic: 'permit_on_first_permit' };
    const ask = async (evaluations: readonly object[]) =>
      decisions((await desk.evaluateAll({ ...desk.evaluation(), evaluations, options })).body);
    expect(await ask([restricted(), {}, restricted()])).toEqual([false, true]);
    expect(await ask([restricted(), restricted()])).toEqual([false, false]);
  });

  test('a faulty item is a deny to deny_on_first_deny (E8)', async () => {
    const { body } = await desk.evaluateAll({
      ...desk.evaluation(),
      evaluations: [{}, { subject: 'x' }, {}],
      options: { evaluations_semantic: 'deny_on_first_deny' },
    });
    expect(decisions(body)).toEqual([true, false]);
  });

  test('what came after the deciding item is neither answered nor recorded', async () => {
    const before = (await desk.service.audit.find({}, { count: 1 })).total ?? 0;
    await desk.evaluateAll({
      ...desk.evaluation(),
      evaluations: [{}, restricted(), {}, {}],
      options: { evaluations_semantic: 'deny_on_first_deny' },
    });
    expect((await desk.service.audit.find({}, { count: 1 })).total).toBe(before + 2);
  });

  test.each([
    ['an unknown semantic (E9)', { options: { evaluations_semantic: 'guess' } }],
    ['options that are no object (E7)', { options: 'x' }],
    ['evaluations that are no list (E7)', { evaluations: {} }],
    ['more than 1,000 items (E7)', { evaluations: Array.from({ length: 1001 }, () => ({})) }],
  ])('%s is refused as a whole (400)', async (_, over) => {
    const { status, body } = await desk.evaluateAll({ ...desk.evaluation(), evaluations: [{}], ...over });
    expect([status, typeof body]).toEqual([400, 'string']);
  });

  test('§8.3 the answer to an item is the answer to it alone', async () => {
    const { body } = await desk.evaluateAll({
      ...desk.evaluation(),
      evaluations: fixture.map(([, over]) => over),
    });
    for (const [at, [, over]] of fixture.entries()) {
      const alone = (await desk.evaluate(over)).body;
      const item = body.evaluations[at];
      expect({ ...item, context: { ...item.context, decision_id: '' } }).toEqual({
        ...alone,
        context: { ...alone.context, decision_id: '' },
      });
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
