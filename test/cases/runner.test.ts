import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Answer } from './run/answer.ts';
import { type DecisionCase, decisionCase } from './run/case-format.ts';
import { differences } from './run/compare.ts';
import { readCases } from './run/read-cases.ts';
import { lackedByUma } from './run/uma-limits.ts';

const permit = {
  id: 'a-permit',
  title: 'a permit',
  now: '2026-06-15T12:00:00Z',
  consents: [{ fhirVersion: '5.0', resource: { resourceType: 'Consent' } }],
  request: {
    patient: 'Patient/ann',
    requester: { type: 'practitioner', reference: 'Practitioner/t' },
    purposes: ['TREAT'],
  },
  candidates: [
    { resourceType: 'Observation', id: '1' },
    { resourceType: 'Observation', id: '2' },
  ],
  expect: {
    outcome: 'permit',
    visible: ['Observation/1'],
    hidden: ['Observation/2'],
    reason: 'permitted',
    basis: [{ consent: 0, path: '/decision' }],
    obligations: ['DEID'],
    conflict: false,
    validUntil: '2026-07-01T00:00:00Z',
  },
};
const given: DecisionCase = decisionCase.parse(permit);
const right: Answer = {
  outcome: 'permit',
  visible: ['Observation/1'],
  reason: 'permitted',
  basis: [{ consent: 0, path: '/decision' }],
  obligations: ['DEID', 'AUDIT'],
  conflict: false,
  notAfter: Date.parse('2026-07-01T00:00:00Z'),
};

test('an answer that is as expected differs in nothing', () => {
  expect(differences(given, right)).toEqual([]);
  expect(differences(given, { outcome: 'permit', visible: ['Observation/1'] })).toEqual([]);
});

test.each<readonly [string, Partial<Answer>, string]>([
  ['the outcome', { outcome: 'deny' }, 'deny'],
  ['what is visible', { visible: [] }, 'hidden Observation/1'],
  ['what is hidden', { visible: ['Observation/1', 'Observation/2'] }, 'visible Observation/2'],
  ['the reason', { reason: 'implicit-policy' }, 'reason implicit-policy'],
  ['the basis', { basis: [{ consent: 1, path: '/decision' }] }, 'basis 1#/decision'],
  ['an obligation', { obligations: [] }, 'obligations nothing'],
  ['a conflict', { conflict: true }, 'conflict true'],
  ['the bound', { notAfter: Date.parse('2026-07-01T00:00:01Z') }, 'until 2026-07-01T00:00:01Z'],
  ['a bound that is missing', { notAfter: 'none' }, 'no bound'],
])('it differs in %s', (_, changed, got) => {
  expect(differences(given, { ...right, ...changed }).map((each) => each.got)).toContainEqual(
    expect.stringContaining(got.replace(/Z$/, '')),
  );
});

test('where nothing is visible and nothing should be, either outcome will do (R-8)', () => {
  const nothing: DecisionCase = {
    ...given,
    expect: { outcome: 'permit', visible: [], hidden: ['Observation/1', 'Observation/2'] },
  };
  expect(differences(nothing, { outcome: 'deny', visible: [] })).toEqual([]);
  const refused: DecisionCase = { ...given, expect: { outcome: 'deny', reason: 'explicit-deny' } };
  expect(differences(refused, { outcome: 'permit', visible: [], reason: 'permitted' })).toEqual([]);
  const { candidates: _, ...unasked } = refused;
  expect(differences(unasked, { outcome: 'permit', visible: [] })).toHaveLength(1);
});

test('a deny hides every candidate, listed or not', () => {
  const refused: DecisionCase = { ...given, expect: { outcome: 'deny' } };
  expect(differences(refused, { outcome: 'deny', visible: ['Observation/2'] })).toHaveLength(1);
});

const carried = (changed: object): string | undefined =>
  lackedByUma({ ...given, request: { ...given.request, ...changed } });

test.each<readonly [string, object]>([
  ['a patient', { requester: { type: 'patient', reference: 'Patient/ann' } }],
  ['a relative', { requester: { type: 'related-person', reference: 'RelatedPerson/mum' } }],
  ['a device', { requester: { type: 'device', clientId: 'k' } }],
  ['software', { requester: { type: 'client', clientId: 'k' } }],
  ['a role as a person', { requester: { type: 'practitioner', reference: 'PractitionerRole/r' } }],
  ['no purpose', { purposes: [] }],
  ['a purpose of another system', { purposes: ['X'] }],
  ['break-glass details', { breakGlass: { reason: 'urgent', acknowledged: true } }],
  ['two identifiers', { requester: { type: 'practitioner', identifiers: [{ value: 'a' }, { value: 'b' }] } }],
])('UMA has no word for %s', (_, changed) => {
  expect(carried(changed)).toBeDefined();
});

test('UMA has one for every action, for types and for an identifier', () => {
  expect(carried({ action: 'disclose', resourceTypes: ['Observation'] })).toBeUndefined();
  expect(
    carried({ requester: { type: 'practitioner', identifiers: [{ system: 'urn:x', value: 'a' }] } }),
  ).toBeUndefined();
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headwater-cases-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

test('a member that the format does not know is an error that names the case', async () => {
  const path = await file('unknown.json', [permit, { ...permit, id: 'odd', expected: {} }]);
  const read = await readCases([path]);
  expect(read).toMatchObject({ ok: false, failure: [expect.stringContaining('case `odd`')] });
});

test.each([
  ['a setting', { settings: { implicit: 'deny' } }],
  ['a requester', { request: { ...permit.request, requester: { type: 'practitioner', name: 'T' } } }],
  ['an expectation', { expect: { outcome: 'permit', because: '' } }],
])('also within %s', async (_, changed) => {
  const path = await file('inner.json', { ...permit, ...changed });
  expect(await readCases([path])).toMatchObject({ ok: false });
});

test('an id used twice, a file that is missing and one that is no JSON are told', async () => {
  const twice = await readCases([await file('twice.json', [permit, permit])]);
  expect(twice).toMatchObject({ ok: false, failure: ['case `a-permit`: the id is used twice'] });
  expect(await readCases([join(folder, 'missing.json')])).toMatchObject({ ok: false });
  expect(await readCases([await file('broken.json', '{')])).toMatchObject({ ok: false });
});

const runner = fileURLToPath(new URL('run/run.ts', import.meta.url));

function run(...paths: readonly string[]): Promise<{ readonly code: number; readonly lines: string[] }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [runner, ...paths], (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code);
      resolve({ code, lines: `${stdout}${stderr}`.trim().split('\n') });
    });
  });
}

test('the command counts by door, names what failed, and ends with 1 if anything did', async () => {
  const denied = { ...permit, consents: [], candidates: [], expect: { outcome: 'deny' } };
  const path = await file('two.json', [
    { ...denied, id: 'right', request: { ...permit.request, purposes: [] } },
    { ...denied, id: 'wrong', expect: { outcome: 'permit' } },
  ]);
  const { code, lines } = await run(path);
  expect(lines).toEqual([
    ...['engine', 'filter', 'native', 'uma', 'authzen', 'cds-hooks'].map(
      (door) => `wrong · ${door} · permit · deny`,
    ),
    ...['engine', 'filter', 'native'].map((door) => `${door}: 1 passed, 1 failed, 0 n/a`),
    'uma: 0 passed, 1 failed, 1 n/a',
    ...['authzen', 'cds-hooks'].map((door) => `${door}: 1 passed, 1 failed, 0 n/a`),
    '5 passed, 6 failed',
  ]);
  expect(code).toBe(1);
});

test('and with 2 where there is nothing to run', async () => {
  expect(await run(join(folder, 'nowhere'))).toMatchObject({ code: 2 });
  expect(await run('--loud')).toMatchObject({ code: 2 });
});
