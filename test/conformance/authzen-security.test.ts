/** AuthZEN: what must not be got out of the service, and what must not be put in (authzen.md §11). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Desk, observation, openDesk, residual } from '../protocols/authzen/desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.service.stop());

const endpoints = ['evaluation', 'evaluations', 'search/subject', 'search/resource', 'search/action'];
const post = (path: string, body: unknown) => desk.asker.post(`/access/v1/${path}`, body);
const about = (patient: string) => ({
  type: 'Observation',
  id: 'o1',
  properties: { patient, security_labels: ['N'] },
});

describe('§11 authentication of the PEP (T5, T8)', () => {
  test.each(endpoints)('%s: 401 with a challenge, 403 without the scope', async (path) => {
    const nobody = await desk.service.send('POST', `/access/v1/${path}`, desk.evaluation());
    expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/^Bearer /),
    ]);
    expect(typeof nobody.body).toBe('string');
    const other = await desk.filer.post(`/access/v1/${path}`, desk.evaluation());
    expect([other.status, other.headers.get('www-authenticate')]).toEqual([
      403,
      expect.stringContaining('insufficient_scope'),
    ]);
  });
});

describe('§11 a PEP outside whose registration the patient lies', () => {
  test.each([
    ['patients', { patients: ['Patient/somebody-else'] }],
    ['organizations', { organizations: ['Organization/somebody-elses'] }],
  ])('is answered as for a patient nobody has heard of, by %s', async (_, limits) => {
    const limited = await desk.service.clientWith(['decision'], limits);
    const own = await desk.file({ resourceType: 'Patient' });
    const answers: unknown[] = [];
    for (const patient of [`Patient/${desk.patient}`, 'Patient/unknown', `Patient/${own}`]) {
      const { status, text } = await desk.evaluate({ resource: about(patient) }, limited);
      answers.push([status, text.replace(/"decision_id":"[^"]+"/, '')]);
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toEqual(answers[2]);
    for (const kind of ['subject', 'resource', 'action'] as const) {
      const { status, body } = await desk.search(kind, desk.evaluation(), limited);
      expect([status, body.results, body.page.total]).toEqual([200, [], 0]);
    }
  });

  test('is answered where it lies inside', async () => {
    const limited = await desk.service.clientWith(['decision'], { patients: [`Patient/${desk.patient}`] });
    expect((await desk.evaluate({}, limited)).body.decision).toBe(true);
    expect((await desk.search('action', desk.evaluation(), limited)).body.results).not.toEqual([]);
  });
});

test('§11 oracle: deny, no consent, unknown patient and what cannot be enforced answer byte by byte alike', async () => {
  const silent = await desk.file({ resourceType: 'Patient' });
  const questions = [
    { resource: desk.labelled('R') },
    { resource: desk.general() },
    { resource: about(`Patient/${silent}`) },
    { resource: about('Patient/unknown') },
    { resource: about('urn:oid:9.9|unknown') },
    { resource: about('no reference at all') },
    { resource: { ...about(`Patient/${desk.patient}`), type: 'no-such-type' } },
    { subject: { type: 'king', id: 'Charles' } },
    { action: { name: 'reign' } },
    { subject: { type: 'practitioner', id: 'Practitioner/unknown' } },
  ];
  const answers = await Promise.all(questions.map((over) => desk.evaluate(over)));
  const seen = answers.map(({ status, text, headers }) => [
    status,
    text.replace(/"decision_id":"[0-9a-f-]{36}"/, ''),
    [...headers.keys()].sort().join(),
  ]);
  expect(seen.every((each) => JSON.stringify(each) === JSON.stringify(seen[0]))).toBe(true);
});

describe('§11 payloads', () => {
  const body = () => JSON.stringify(desk.evaluation());
  test.each(endpoints)(
    '%s refuses repeated members, prototypes, lone surrogates and depth (T7)',
    async (path) => {
      const into = (member: string) => body().replace('{', `{${member},`);
      const refused = [
        into('"action":{"name":"read"}'),
        into('"__proto__":{"isAdmin":true}'),
        into('"x":{"constructor":{"prototype":{}}}'),
        into('"x":"\\ud800"'),
        into(`"x":${'['.repeat(100)}${']'.repeat(100)}`),
        into('"x":1e999'),
      ];
      for (const text of refused) {
        const answer = await post(path, text);
        expect([text.slice(0, 40), answer.status, typeof answer.body]).toEqual([
          text.slice(0, 40),
          400,
          'string',
        ]);
      }
      expect(({} as { isAdmin?: true }).isAdmin).toBeUndefined();
    },
  );

  test.each(endpoints)('%s refuses more than it takes in with 413', async (path) => {
    const large = `${body().slice(0, -1)},"x":"${'x'.repeat(1024 * 1024)}"}`;
    const { status, body: message } = await post(path, large);
    expect([status, typeof message]).toEqual([413, 'string']);
  });

  test('names of members inherited from nowhere are no properties', async () => {
    for (const name of ['toString', 'hasOwnProperty', 'valueOf'])
      expect(
        (await desk.evaluate({ action: { name }, subject: { type: name, id: name } })).body.decision,
      ).toBe(false);
  });

  test('messages say nothing from inside', async () => {
    const { body: message } = await desk.evaluate({ subject: { type: 1 } });
    expect(message).not.toMatch(/zod|at \/|\.ts|Error/i);
  });
});

describe('§11 every decision is on record', () => {
  test('each item of a batch, under the id that its answer names', async () => {
    const { body } = await desk.evaluateAll({
      ...desk.evaluation(),
      evaluations: [
        {},
        { resource: desk.labelled('R') },
        { subject: 'faulty' },
        { action: { name: 'reign' } },
      ],
    });
    const { entries } = await desk.service.audit.find({ client: [desk.asker.id] }, { count: 3 });
    const ids = body.evaluations.flatMap(
      (each: { context: { decision_id?: string } }) => each.context.decision_id ?? [],
    );
    expect(entries.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(entries.map(({ outcome }) => outcome).sort()).toEqual(['deny', 'deny', 'permit']);
    expect(new Set(entries.map(({ circumstances }) => circumstances.requestId)).size).toBe(1);
  });

  test('of a search one for all types, and of who may see it none as if those had asked', async () => {
    const aware = { purpose_of_use: ['TREAT'], supported_obligations: [residual] };
    const question = desk.evaluation({ resource: desk.general('Patient'), context: aware });
    const before = (await desk.service.audit.find({}, { count: 1 })).total ?? 0;
    await desk.search('resource', question);
    await desk.search('subject', question);
    const { entries, total } = await desk.service.audit.find({}, { count: 2 });
    expect(total).toBe(before + 2);
    expect(entries[0]).toMatchObject({
      outcome: 'permit',
      requester: { type: 'client', clientId: desk.asker.id },
    });
    expect(entries[1]?.resourceTypes).toContain('Condition');
  });
});

describe('§11 a batch of 1,000', () => {
  const isCheck = (text: string) => text.includes('with ordinality as lookup');
  const isRecord = (text: string) => text.includes('insert into audit_event');

  test('costs one check of what is kept, and one statement to record', async () => {
    await desk.evaluate();
    const evaluations = Array.from({ length: 1000 }, (_, at) => ({
      resource: {
        type: 'Observation',
        id: `o${at}`,
        properties: {
          patient: `Patient/${desk.patient}`,
          resource: observation(`o${at}`, at % 2 === 0 ? 'N' : 'R'),
        },
      },
    }));
    const before = (await desk.service.audit.find({}, { count: 1 })).total ?? 0;
    const sent = desk.service.statements();
    const { status, body } = await desk.evaluateAll({ ...desk.evaluation(), evaluations });
    expect([sent.filter(isCheck).length, sent.filter(isRecord).length]).toEqual([1, 1]);
    expect(status).toBe(200);
    expect(body.evaluations.map(({ decision }: { decision: boolean }) => decision)).toEqual(
      evaluations.map((_, at) => at % 2 === 0),
    );
    expect((await desk.service.audit.find({}, { count: 1 })).total).toBe(before + 1000);
  });

  test('looks each patient up once, however many items name it', async () => {
    const limited = await desk.service.clientWith(['decision'], { patients: [`Patient/${desk.patient}`] });
    await desk.evaluate({}, limited);
    const evaluations = Array.from({ length: 100 }, () => ({}));
    const sent = desk.service.statements();
    await desk.evaluateAll({ ...desk.evaluation(), evaluations }, limited);
    expect(sent.filter((text) => /from "?resource/.test(text)).length).toBeLessThan(3);
  });
});
