/** A bug of the engine at the doors: refused and recorded as failed, never a fault of the service (EV-3). */
import { describe, expect, it } from 'vitest';
import { createDecideAccess, type DecisionEngine, ownEngine } from '../../../src/access/decide-access.ts';
import { createExplainAccess } from '../../../src/access/explain-access.ts';
import { accessSettings, settingsSchema } from '../../../src/access/settings.ts';
import type { AuditEntry } from '../../../src/audit/audit-log.ts';
import { renderEvent } from '../../../src/audit/render-event.ts';
import { asInstant } from '../../../src/base/instant.ts';
import { ok } from '../../../src/base/result.ts';
import { createApp } from '../../../src/http/app.ts';
import { problemFace } from '../../../src/http/problem-face.ts';
import { decisionEndpoints } from '../../../src/protocols/decisions/routes.ts';
import { evidenceOf } from '../../support/evidence-of.ts';
import { issuer } from '../../support/service.ts';
import { observation, question } from './desk.ts';

const caller = { clientId: 'app', tokenId: 'j1', scopes: [], may: [] };
const settings = accessSettings(settingsSchema.parse({}), []);
const random = (count: number) => crypto.getRandomValues(new Uint8Array(count));

function doorsWith(part: Partial<DecisionEngine>) {
  const recorded: AuditEntry[] = [];
  const logged: string[] = [];
  const log = (event: string) => void logged.push(event);
  const deps = { evidence: evidenceOf([]), settings, random, log, engine: { ...ownEngine, ...part } };
  const endpoints = decisionEndpoints({
    decide: createDecideAccess(deps),
    explain: createExplainAccess(deps),
    findPatient: async (reference) => ({ reference }),
    transact: (work) => work({ audit: { append: async (entries) => void recorded.push(...entries) } }),
    settings,
    requireScope: () => ({ admit: async () => ok(caller) }),
  });
  const app = createApp([{ endpoints, face: problemFace }], { clock: () => asInstant(0), random, log });
  const ask = async (path: string) => {
    const response = await app.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(question('ann', { candidates: [observation('n', 'N')] })),
    });
    return { status: response.status, body: (await response.json()) as { readonly id: string } };
  };
  return { ask, recorded, logged };
}

const bug = (): never => {
  throw new Error('a bug with the name of a patient in it');
};

describe.each<keyof DecisionEngine>(['compile', 'identify', 'decide'])(
  'where the engine fails to %s',
  (part) => {
    const doors =
      part === 'decide'
        ? ['/decisions', '/decisions/filter']
        : ['/decisions', '/decisions/filter', '/decisions/explain'];

    it.each(doors)('%s refuses, hides everything and says nothing of the bug', async (path) => {
      const { ask, recorded, logged } = doorsWith({ [part]: bug });
      const { status, body } = await ask(path);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        outcome: 'deny',
        reason: 'unreadable-consent',
        basis: [],
        residual: { kind: 'ALWAYS_DENIED' },
        pcf: { exact: true, residual: [{ type: 'forbid' }] },
        hidden: ['Observation/n'],
      });
      expect(JSON.stringify(body)).not.toContain('bug');
      expect(recorded).toMatchObject([{ id: body.id, outcome: 'deny', failed: true }]);
      expect(logged).toEqual(['decision.failed']);
      const event = JSON.stringify(recorded.map((entry) => renderEvent(entry, '4.0', issuer)));
      expect(event).toContain('{"url":"failed","valueBoolean":true}');
      expect(event).not.toContain('bug');
    });
  },
);

it('an explanation of what failed makes nothing up', async () => {
  const { body } = await doorsWith({ compile: bug }).ask('/decisions/explain');
  expect(body).toMatchObject({
    consents: [],
    resources: [],
    summary: [expect.stringContaining('the service failed')],
  });
});

it('and where nothing fails, nothing says so', async () => {
  const { ask, recorded, logged } = doorsWith({});
  expect((await ask('/decisions')).body).toMatchObject({ outcome: 'deny', reason: 'no-consent' });
  expect(recorded).toHaveLength(1);
  expect(recorded[0]).not.toHaveProperty('failed');
  expect(logged).toEqual([]);
});
