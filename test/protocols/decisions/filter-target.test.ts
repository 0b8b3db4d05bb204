/** `/decisions/filter` for a server that carries the filter out by itself (access-denied-and-enforcement.md §6.4, §6.5). */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Desk, openDesk, question, treatmentWith } from './desk.ts';

const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
let desk: Desk;
let ann: string;

beforeAll(async () => {
  desk = await openDesk();
  ann = await desk.aPatient();
  await desk.aConsent(ann, treatmentWith('Encounter', 'PSY'));
});
afterAll(() => desk.service.stop());

const filter = (over = {}) => desk.asker.post('/decisions/filter', question(ann, over));
const target = { fhirVersion: '4.0', labels: [{ system: actCode, code: 'PSY' }] };

it('renders each type that was asked, exactly where it can', async () => {
  const { body } = await filter({ resourceTypes: ['Encounter', 'Condition'], target });
  expect(body.filters.Encounter.search).toEqual({
    shows: 'matching',
    parameters: [['_security:not', `${actCode}|PSY`]],
    exact: true,
    why: [],
  });
  expect(body.filters.Encounter.sql).toMatchObject({ exact: true, text: expect.stringContaining('r.id') });
  expect(body.filters.Condition).toMatchObject({ search: { shows: 'nothing', exact: true, parameters: [] } });
});

it('takes the alias, the tables and the numbering of parameters from who asks', async () => {
  const sql = { key: 'e.name', tables: 'phr.fact', parametersBefore: 3 };
  const { body } = await filter({ resourceTypes: ['Encounter'], target: { ...target, sql } });
  expect(body.filters.Encounter.sql.text).toMatch(
    /^exists \(select 1 from phr\.fact_resource f where f\.resource = e\.name/,
  );
  expect(body.filters.Encounter.sql.text).toContain('$4');
  expect(body.filters.Encounter.sql.text).not.toContain('$3');
});

it('without a type has one predicate for all, and no search; without a target none at all', async () => {
  const { body } = await filter({ target });
  expect(Object.keys(body.filters)).toEqual(['*']);
  expect(Object.keys(body.filters['*'])).toEqual(['sql']);
  expect((await filter({ resourceTypes: ['Encounter'] })).body).not.toHaveProperty('filters');
});

it('of a server of whose labels nothing is said, says why a search hides more', async () => {
  const { body } = await filter({ resourceTypes: ['Encounter'], target: {} });
  expect(body.filters.Encounter.search).toMatchObject({
    exact: false,
    why: [expect.stringContaining('labels')],
  });
  expect(body.filters.Encounter.sql.exact).toBe(true);
});

it.each([
  ['a version of FHIR nobody knows', { fhirVersion: '3.0' }],
  ['an alias that is none', { sql: { key: 'r.id) or (true' } }],
  ['a table that is none', { sql: { tables: 'fact; drop table x' } }],
])('refuses %s', async (_, given) => {
  expect((await filter({ target: given })).status).toBe(400);
});
