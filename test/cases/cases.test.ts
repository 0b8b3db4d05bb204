import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, inject, test } from 'vitest';
import { readCases } from './run/read-cases.ts';
import { lineOf } from './run/report.ts';
import { doors, runCase, runCases, type Verdict } from './run/run-cases.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const read = await readCases([folder]);
if (!read.ok) throw new Error(read.failure.join('\n'));
const cases = read.value;

const inside = doors.filter(({ needsService }) => !needsService);
const outside = doors.filter(({ needsService }) => needsService);

test('there are cases, each for every candidate it names', () => {
  expect(cases.length).toBeGreaterThan(700);
  for (const { id, candidates, expect: wanted } of cases) {
    if (wanted.outcome === 'deny' || !candidates) continue;
    const names = candidates.map((each) => `${each.resourceType}/${String(each['id'])}`);
    expect([...(wanted.visible ?? []), ...(wanted.hidden ?? [])].sort(), id).toEqual(names.sort());
  }
});

test('every row of the published table is a case here, or the page says where it is', () => {
  const page = readFileSync(new URL('README.md', import.meta.url), 'utf8');
  const rows = Array.from({ length: 78 }, (_, index) => String(index + 1));
  const elsewhere = page.split('\n').filter((line) => !line.includes('`decisioning.json`'));
  const told = new Set(elsewhere.flatMap((line) => rowsIn(line)));
  expect(rows.filter((row) => !told.has(row) && !cases.some(({ id }) => id === row))).toEqual([]);
});

/** `| 53–60 | later …`. */
function rowsIn(line: string): readonly string[] {
  const { from, to } = /^\| (?<from>\d+)(?:–(?<to>\d+))? \|/.exec(line)?.groups ?? {};
  const [first, last] = [Number(from), Number(to ?? from)];
  return from === undefined ? [] : Array.from({ length: last - first + 1 }, (_, row) => String(first + row));
}

test.each(cases.map((given) => [given.id, given.title, given] as const))(
  'inside, %s: %s',
  async (_id, _title, given) => {
    expect(failuresOf(await runCase(given, inside))).toEqual([]);
  },
);

test('and through the service they are answered alike', { timeout: 300_000 }, async () => {
  const verdicts = await runCases(cases, inject('testServer'), { atOnce: 3, through: outside });
  expect(failuresOf(verdicts)).toEqual([]);
  for (const { name } of outside)
    expect(verdicts.filter(({ door, came }) => door === name && came === 'passed').length).toBeGreaterThan(
      500,
    );
});

const failuresOf = (verdicts: readonly Verdict[]): readonly string[] =>
  verdicts.filter(({ came }) => came === 'failed').map(lineOf);
