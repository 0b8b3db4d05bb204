import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { applicationForContract, contractDocument } from '../../src/runtime/contract.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));
const published = JSON.parse(readFileSync(`${top}openapi/headwater.json`, 'utf8'));

/** Redocly's verdict, which covers that every example fits its schema. */
function lint(document: object): { readonly passed: boolean; readonly report: string } {
  const folder = mkdtempSync(join(tmpdir(), 'contract-'));
  const file = join(folder, 'contract.json');
  writeFileSync(file, JSON.stringify(document));
  const redocly = join(top, 'node_modules/.bin/redocly');
  const { status, stdout, stderr } = spawnSync(
    redocly,
    ['lint', '--config', `${top}openapi/redocly.yaml`, file],
    { encoding: 'utf8' },
  );
  rmSync(folder, { recursive: true });
  return { passed: status === 0, report: stdout + stderr };
}

test('the published contract is what the routes say', () => {
  expect(published).toEqual(JSON.parse(JSON.stringify(contractDocument())));
});

test('every mounted route stands in the contract', () => {
  const missing = applicationForContract()
    .routes.filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => ({
      method: method.toLowerCase(),
      path: path.replaceAll(/:(\w+)(\{[^}]+\})?/g, '{$1}'),
    }))
    .filter(({ method, path }) => published.paths[path]?.[method] === undefined);
  expect(missing).toEqual([]);
});

test('the contract is sound, and its examples fit their schemas', () => {
  expect(lint(published)).toMatchObject({ passed: true });
});

test('an example that does not fit would be noticed', () => {
  const broken = structuredClone(published);
  broken.components.schemas.DecisionRequest.example.purposes = 'TREAT';
  const { passed, report } = lint(broken);
  expect(passed).toBe(false);
  expect(report).toContain('DecisionRequest/example/purposes');
});
