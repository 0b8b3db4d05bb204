/** AuthZEN Authorization API 1.0: batches (authzen.md §7, §10 C8). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Desk, openDesk } from '../protocols/authzen/desk.ts';
import { decisions, fixtureOf } from './certification.ts';

let desk: Desk;
let fixture: ReturnType<typeof fixtureOf>;
beforeAll(async () => {
  desk = await openDesk();
  fixture = fixtureOf(desk);
});
afterAll(() => desk.service.stop());

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
