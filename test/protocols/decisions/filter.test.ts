/** `/decisions/filter`: what remains to be checked, type by type, and the same for receivers of IHE PCF. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desk, labelled, observation, openDesk, question, treatmentWith } from './desk.ts';

let desk: Desk;
let ann: string;

beforeAll(async () => {
  desk = await openDesk();
  ann = await desk.aPatient();
  await desk.aConsent(ann, treatmentWith('Observation', 'R'));
});
afterAll(() => desk.service.stop());

const filter = async (over = {}, patient = ann) =>
  (await desk.asker.post('/decisions/filter', question(patient, over))).body;

describe('the residual (access-denied-and-enforcement.md §6.2)', () => {
  it('has an expression for each type that was asked, and none for others', async () => {
    const { residual } = await filter({ resourceTypes: ['Observation', 'Condition'] });
    expect(Object.keys(residual.byType)).toEqual(['Observation', 'Condition']);
    expect(residual).toMatchObject({ v: 1, kind: 'CONDITIONAL', unknown: 'deny' });
    expect(residual.byType.Condition).toEqual({ false: 1 });
    expect(residual.byType.Observation).not.toEqual({ false: 1 });
  });

  it('has one for all types where none was named', async () => {
    expect(Object.keys((await filter()).residual.byType)).toEqual(['*']);
  });

  it('of a refusal hides every type that was asked', async () => {
    const { outcome, residual } = await filter({
      purposes: ['HRESCH'],
      resourceTypes: ['Observation', 'Condition'],
    });
    expect(outcome).toBe('deny');
    expect(residual).toMatchObject({
      kind: 'ALWAYS_DENIED',
      byType: { Observation: { false: 1 }, Condition: { false: 1 } },
    });
  });

  it('of a permit without conditions shows all but what labels keep for other purposes', async () => {
    const patient = await desk.aPatient();
    await desk.aConsent(patient, { decision: 'permit' });
    const { outcome, residual } = await filter({}, patient);
    expect(outcome).toBe('permit');
    expect(residual.kind).toBe('CONDITIONAL');
  });
});

describe('the same for IHE PCF', () => {
  it('of a refusal forbids everything, exactly', async () => {
    expect((await filter({ purposes: ['HRESCH'] })).pcf).toEqual({
      exact: true,
      residual: [{ type: 'forbid' }],
    });
  });

  it('is exact where it hides what is labelled, and no more', async () => {
    const patient = await desk.aPatient();
    await desk.aConsent(patient, { decision: 'permit', provision: [labelled('R')] });
    const { pcf } = await filter({}, patient);
    expect(pcf.exact).toBe(true);
    expect(pcf.residual).toMatchObject([{ type: 'forbid' }]);
  });

  it('says that it is not exact where the consent speaks of what PCF has no word for', async () => {
    expect((await filter()).pcf).toMatchObject({ exact: false });
  });
});

it('is the decision of `/decisions`, recorded alike', async () => {
  const over = { resourceTypes: ['Observation'], candidates: [observation('n', 'N'), observation('r', 'R')] };
  const before = await desk.recorded();
  const filtered = await filter(over);
  const { body: decided } = await desk.asker.post('/decisions', question(ann, over));
  expect({ ...filtered, id: '' }).toEqual({ ...decided, id: '' });
  expect(filtered).toMatchObject({ visible: ['Observation/n'], hidden: ['Observation/r'] });
  expect(await desk.recorded()).toBe(before + 2);
});

it('is answered only with the scope `decision`', async () => {
  expect((await desk.explainer.post('/decisions/filter', question(ann))).status).toBe(403);
  expect((await desk.service.send('POST', '/decisions/filter', question(ann))).status).toBe(401);
});
