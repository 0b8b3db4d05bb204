/** `npm run headwater -- COMMAND`: finds the command, reads its arguments, prints what it has to say. */
import { clientCommands } from './client.ts';
import { type Command, columns, readArguments, UsageError, usageOf } from './command.ts';
import { issuerCommands } from './issuer.ts';
import { keyCommands } from './key.ts';
import { tokenCommand } from './token.ts';

const migrate: Command = {
  words: 'migrate',
  summary: 'Bring the database to the schema of this version',
  options: {},
  async run() {
    // A script of its own, so that `npm run migrate` needs nothing of the rest.
    await import('./migrate.ts');
    return { json: { migrated: true }, text: '' };
  },
};

/** Other commands plug in here. */
const commands: readonly Command[] = [
  ...clientCommands,
  tokenCommand,
  ...keyCommands,
  ...issuerCommands,
  migrate,
];

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const command = commandIn(args);
  if (!command) return overview(args);
  try {
    const given = readArguments(command, args.slice(command.words.split(' ').length));
    if (given.flag('help')) {
      process.stdout.write(`${usageOf(command)}\n`);
      return 0;
    }
    const { json, text } = await command.run(given);
    const output = given.flag('json') ? JSON.stringify(json, undefined, 2) : text;
    if (output !== '') process.stdout.write(`${output}\n`);
    return 0;
  } catch (error) {
    return failed(error, command);
  }
}

function commandIn(args: readonly string[]): Command | undefined {
  return commands.find(({ words }) => words.split(' ').every((word, at) => args[at] === word));
}

function overview(args: readonly string[]): number {
  const asked = args.length === 0 || args.includes('--help');
  const known = commands.map(({ words, summary }) => [words, summary]);
  const text = `usage: headwater COMMAND [options]\n\n${columns(known)}\n\nheadwater COMMAND --help tells the options.\n`;
  if (asked) process.stdout.write(text);
  else process.stderr.write(`unknown command \`${args.slice(0, 2).join(' ')}\`\n\n${text}`);
  return asked ? 0 : 2;
}

function failed(error: unknown, command: Command): number {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`headwater ${command.words}: ${message}\n`);
  return error instanceof UsageError ? 2 : 1;
}
