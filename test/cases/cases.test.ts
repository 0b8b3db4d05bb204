import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatInstant } from '../../src/base/instant.ts';
import { answerCase, type DecisionCase } from '../support/decision-case.ts';

const folder = new URL('.', import.meta.url);
const cases = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .flatMap((name): DecisionCase[] => JSON.parse(readFileSync(new URL(name, folder), 'utf8')));

test('there are cases, each under its own id', () => {
  expect(cases.length).toBeGreaterThan(40);
  expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
});

test.each(cases.map((given) => [`${given.id}: ${given.title}`, given] as const))('%s', async (_, given) => {
  const { decided, visible, hidden } = await answerCase(given);
  const { decision } = decided;
  const wanted = given.expect;
  const shown = wanted.outcome === 'deny' ? [] : wanted.visible;
  const kept =
    wanted.outcome === 'deny'
      ? (given.candidates ?? []).map((each) => `${each.resourceType}/${each.id}`)
      : wanted.hidden;
  if (shown) expect(visible).toEqual(shown);
  if (kept) expect(hidden).toEqual(kept);
  // Where nothing is visible either outcome will do.
  if (given.candidates === undefined || visible.length > 0) expect(decision.outcome).toBe(wanted.outcome);
  if (wanted.reason) expect(decision.reason).toBe(wanted.reason);
  if (wanted.conflict !== undefined) expect(decision.conflict).toBe(wanted.conflict);
  for (const { consent, path } of wanted.basis ?? []) {
    expect(decision.basis).toContainEqual({ consent: String(consent), version: 1, path });
  }
  for (const code of wanted.obligations ?? []) expect(decision.obligations).toContain(code);
  if (wanted.validUntil) {
    expect(decision.holdsUntil).toBeDefined();
    expect(formatInstant(decision.holdsUntil as never) <= new Date(wanted.validUntil).toISOString()).toBe(
      true,
    );
  }
});
