/** `npm run cases -- PATH…`: decision cases from files and folders through every door of the service. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { readCases } from './read-cases.ts';
import { linesOf } from './report.ts';
import { runCases } from './run-cases.ts';
import { startServer } from './server.ts';

const usage = `usage: npm run cases -- [PATH…]

Puts decision cases through every door of the service, each case on a database of its own.
PATH is a file or a folder of *.json in the format of test/cases/README.md; without one, test/cases.
Ends with 1 when a case failed, with 2 when it could not be run.`;

const paths = process.argv.slice(2);
process.exitCode = await main(paths);

async function main(given: readonly string[]): Promise<number> {
  if (given.includes('--help')) return say(usage, 0);
  const option = given.find((each) => each.startsWith('-'));
  if (option !== undefined) return complain([`there is no option \`${option}\``, usage]);
  const cases = await readCases(given.length > 0 ? given : [fileURLToPath(new URL('..', import.meta.url))]);
  if (!cases.ok) return complain(cases.failure);
  const server = await startServer();
  try {
    const verdicts = await runCases(cases.value, server, { atOnce: availableParallelism() + 1 });
    return say(linesOf(verdicts).join('\n'), verdicts.some(({ came }) => came === 'failed') ? 1 : 0);
  } finally {
    await server.stop();
  }
}

function say(text: string, code: number): number {
  process.stdout.write(`${text}\n`);
  return code;
}

function complain(problems: readonly string[]): number {
  process.stderr.write(`${problems.join('\n')}\n`);
  return 2;
}
