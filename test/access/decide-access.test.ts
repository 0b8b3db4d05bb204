/** Gathering, deciding, and what happens when the engine itself fails. */
import { beforeEach, describe, expect, test } from 'vitest';
import {
  createDecideAccess,
  type DecideAccessDeps,
  type DecisionEngine,
} from '../../src/access/decide-access.ts';
import { createExplainAccess } from '../../src/access/explain-access.ts';
import { recordOf } from '../../src/access/record-of.ts';
import { accessSettings, settingsSchema } from '../../src/access/settings.ts';
import { asInstant } from '../../src/base/instant.ts';
import { compile } from '../../src/decision/compile.ts';
import { decide } from '../../src/decision/decide.ts';
import { identify } from '../../src/decision/party.ts';
import type { AccessRequest } from '../../src/decision/request.ts';
import type { StoredResource } from '../../src/fhir/resource.ts';
import { evidenceOf } from '../support/evidence-of.ts';

const at = asInstant(Date.UTC(2026, 9, 1));
const settings = accessSettings(settingsSchema.parse({}), []);
const asking = (patient: string, over: Partial<AccessRequest> = {}): AccessRequest => ({
  patient: `Patient/${patient}`,
  requester: { type: 'organization', reference: 'Organization/clinic' },
  action: 'access',
  purposes: ['TREAT'],
  at,
  ...over,
});
const permit: StoredResource = {
  type: 'Consent',
  id: 'c1',
  version: 3,
  fhirVersion: '5.0',
  patient: 'ann',
  status: 'active',
  resource: {
    resourceType: 'Consent',
    status: 'active',
    subject: { reference: 'Patient/ann' },
    policyBasis: { url: 'https://policies.example.org/treatment' },
    decision: 'permit',
    grantor: [{ reference: 'Patient/ann' }],
  },
  updatedAt: at,
  filedBy: 'test',
};

let logged: { event: string; facts: Readonly<Record<string, unknown>> }[];
beforeEach(() => {
  logged = [];
});
const deciding = (over: Partial<DecideAccessDeps> = {}) =>
  createDecideAccess({
    evidence: evidenceOf([permit]),
    settings,
    random: (count) => crypto.getRandomValues(new Uint8Array(count)),
    log: (event, facts) => logged.push({ event, facts }),
    ...over,
  });
const engine: DecisionEngine = { compile, identify, decide };
const circumstances = { door: 'test', clientId: 'app', requestId: 'r' };

test('each request is answered, in order, with the consents that were weighed', async () => {
  const answers = await deciding()([asking('ann'), asking('bob'), asking('ann', { purposes: [] })]);
  expect(answers.map(({ request }) => request.patient)).toEqual([
    'Patient/ann',
    'Patient/bob',
    'Patient/ann',
  ]);
  expect(answers.map(({ decision }) => decision.outcome)).toEqual(['permit', 'deny', 'permit']);
  expect(answers[0]?.consents).toMatchObject([
    { id: permit.id, version: permit.version, fhirVersion: permit.fhirVersion },
  ]);
  expect(new Set(answers.map(({ id }) => id)).size).toBe(3);
  expect(logged).toEqual([]);
});

describe('where the engine fails', () => {
  const failing: readonly [string, Partial<DecisionEngine>][] = [
    [
      'to compile',
      {
        compile: (patient, ...rest) => {
          if (patient === 'Patient/bob') throw new Error('a bug');
          return compile(patient, ...rest);
        },
      },
    ],
    [
      'to identify',
      {
        identify: (requester, ...rest) => {
          if (requester.type === 'client') throw new Error('a bug');
          return identify(requester, ...rest);
        },
      },
    ],
    [
      'to decide',
      {
        decide: (program, party, request) => {
          if (request.patient === 'Patient/bob') throw new Error('a bug');
          return decide(program, party, request);
        },
      },
    ],
  ];

  test.each(failing)(
    '%s, that request is denied and told in the log; the others are answered (EV-3)',
    async (_, part) => {
      const wrong = asking('bob', { requester: { type: 'client', clientId: 'app' } });
      const answers = await deciding({ engine: { ...engine, ...part } })([
        asking('ann'),
        wrong,
        asking('ann'),
      ]);
      expect(answers.map(({ decision }) => decision.outcome)).toEqual(['permit', 'deny', 'permit']);
      const failed = answers[1];
      expect(failed?.decision).toMatchObject({
        reason: 'unreadable-consent',
        filter: { op: 'none' },
        basis: [],
        permittedBy: [],
      });
      expect(logged).toEqual([
        { event: 'decision.failed', facts: { id: failed?.id, error: new Error('a bug') } },
      ]);
      expect(failed && recordOf(failed, circumstances)).toMatchObject({ failed: true, outcome: 'deny' });
    },
  );

  test('a database that fails is no deny: it rises', async () => {
    const evidence = {
      ...evidenceOf([]),
      ofPatients: async () => {
        throw new Error('no database');
      },
    };
    await expect(deciding({ evidence })([asking('ann')])).rejects.toThrow('no database');
    expect(logged).toEqual([]);
  });
});

test('as of an earlier instant the evidence of then is read, and the record says so', async () => {
  const asOf = asInstant(Date.UTC(2026, 1, 1));
  const seen: unknown[] = [];
  const evidence = evidenceOf([permit]);
  const decideThen = deciding({
    evidence: {
      ...evidence,
      ofPatients: (patients, instant) => {
        seen.push(instant);
        return instant === undefined ? evidence.ofPatients(patients) : evidenceOf([]).ofPatients(patients);
      },
    },
  });
  const [now] = await decideThen([asking('ann')]);
  const [then] = await decideThen([asking('ann')], { asOf });
  expect([now?.decision.outcome, then?.decision.outcome]).toEqual(['permit', 'deny']);
  expect(seen).toEqual([undefined, asOf]);
  expect(then && recordOf(then, circumstances)).toMatchObject({ asOf });
  expect(now && recordOf(now, circumstances)).not.toHaveProperty('asOf');
});

test('who asks why is told of the very decision that is taken, also where the engine fails', async () => {
  const deps = {
    evidence: evidenceOf([permit]),
    settings,
    random: (count: number) => crypto.getRandomValues(new Uint8Array(count)),
    log: (event: string, facts: Readonly<Record<string, unknown>>) => logged.push({ event, facts }),
  };
  const { decided, explanation } = await createExplainAccess(deps)(asking('ann'), []);
  const [plain] = await deciding()([asking('ann')]);
  expect(decided.decision).toEqual(plain?.decision);
  expect(explanation.decision).toBe(decided.decision);
  expect(explanation.consents.map(({ consent }) => consent)).toEqual(['c1']);
  const broken = {
    ...engine,
    compile: () => {
      throw new Error('a bug');
    },
  };
  const failed = await createExplainAccess({ ...deps, engine: broken })(asking('ann'), []);
  expect(failed.decided).toMatchObject({ failed: true, decision: { outcome: 'deny' } });
  expect(failed.explanation).toMatchObject({ decision: failed.decided.decision, consents: [] });
  expect(logged.map(({ event }) => event)).toEqual(['decision.failed']);
});

test('breaking the glass is recorded with its reason, and to be reviewed (B-5)', async () => {
  const request = asking('ann', {
    purposes: ['BTG'],
    breakGlass: { reason: 'unconscious', acknowledged: true },
  });
  const [decided] = await deciding()([request]);
  expect(decided && recordOf(decided, circumstances)).toMatchObject({
    breakGlass: { reason: 'unconscious' },
    review: ['break-glass'],
  });
});
