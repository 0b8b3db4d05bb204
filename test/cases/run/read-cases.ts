/** Reads cases from files and folders; whatever is not a case is told by name, and nothing is run. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '../../../src/base/result.ts';
import { type DecisionCase, decisionCase } from './case-format.ts';

/** One sentence per problem. */
type Read<T> = Result<T, readonly string[]>;

export async function readCases(paths: readonly string[]): Promise<Read<readonly DecisionCase[]>> {
  const read = await Promise.all(paths.map(casesUnder));
  const problems = read.flatMap((each) => (each.ok ? [] : each.failure));
  const cases = read.flatMap((each) => (each.ok ? each.value : []));
  if (problems.length > 0) return err(problems);
  const twice = namesTwice(cases);
  if (twice.length > 0) return err(twice.map((id) => `case \`${id}\`: the id is used twice`));
  return cases.length === 0 ? err([`no case in ${paths.join(', ')}`]) : ok(cases);
}

async function casesUnder(path: string): Promise<Read<readonly DecisionCase[]>> {
  try {
    const files = (await stat(path)).isDirectory() ? await filesIn(path) : [path];
    const read = await Promise.all(files.map(casesIn));
    const problems = read.flatMap((each) => (each.ok ? [] : each.failure));
    return problems.length > 0 ? err(problems) : ok(read.flatMap((each) => (each.ok ? each.value : [])));
  } catch (error) {
    return err([`${path}: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(folder, name));
}

async function casesIn(file: string): Promise<Read<readonly DecisionCase[]>> {
  const text = await readFile(file, 'utf8');
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return err([`${file}: ${error instanceof Error ? error.message : 'not JSON'}`]);
  }
  const read = (Array.isArray(parsed) ? parsed : [parsed]).map((given, index) => caseIn(given, file, index));
  const problems = read.flatMap((each) => (each.ok ? [] : each.failure));
  return problems.length > 0 ? err(problems) : ok(read.flatMap((each) => (each.ok ? [each.value] : [])));
}

function caseIn(given: unknown, file: string, index: number): Read<DecisionCase> {
  const checked = decisionCase.safeParse(given);
  if (checked.success) return ok(checked.data);
  const named = (given as { readonly id?: unknown } | null)?.id;
  const name = typeof named === 'string' ? `case \`${named}\`` : `case ${index + 1}`;
  return err(
    checked.error.issues.map(
      ({ path, message }) =>
        `${file}: ${name}: ${path.length === 0 ? '' : `${path.map(String).join('.')}: `}${message}`,
    ),
  );
}

const namesTwice = (cases: readonly DecisionCase[]): readonly string[] => {
  const ids = cases.map(({ id }) => id);
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
};
