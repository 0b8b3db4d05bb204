/** Finds the command that the arguments name, reads them, and prints what it has to say. */
import { configOrExit } from '../config-or-exit.ts';
import { withConfiguredDatabase } from '../configured-database.ts';
import { migrate } from '../migrate.ts';
import { clientCommands } from './client.ts';
import { type Command, columns, readArguments, UsageError, usageOf } from './command.ts';
import { issuerCommands } from './issuer.ts';
import { keyCommands } from './key.ts';
import { tokenCommand } from './token.ts';

const migrateCommand: Command = {
  words: 'migrate',
  summary: 'Bring the database to the schema of this version',
  options: {},
  async run() {
    const { databaseUrl } = configOrExit();
    // Opening the embedded database migrates it.
    if (databaseUrl) await migrate(databaseUrl.reveal());
    else await withConfiguredDatabase(async () => undefined);
    return { json: { migrated: true }, text: 'the database is at the schema of this version' };
  },
};

/** Other commands plug in here. */
const commands: readonly Command[] = [
  ...clientCommands,
  tokenCommand,
  ...keyCommands,
  ...issuerCommands,
  migrateCommand,
];

/** Where text goes: results apart from complaints, so that a pipe gets the former alone. */
export type Streams = { readonly print: (text: string) => void; readonly complain: (text: string) => void };

/** @returns the exit code: 0 done, 1 failed, 2 asked in a way that cannot be done */
export async function headwater(args: readonly string[], streams: Streams): Promise<number> {
  const command = commandIn(args);
  if (!command) return overview(args, streams);
  try {
    const given = readArguments(command, args.slice(command.words.split(' ').length));
    if (given.flag('help')) {
      streams.print(`${usageOf(command)}\n`);
      return 0;
    }
    const { json, text } = await command.run(given);
    const output = given.flag('json') ? JSON.stringify(json, undefined, 2) : text;
    if (output !== '') streams.print(`${output}\n`);
    return 0;
  } catch (error) {
    return failed(error, command, streams);
  }
}

function commandIn(args: readonly string[]): Command | undefined {
  return commands.find(({ words }) => words.split(' ').every((word, at) => args[at] === word));
}

function overview(args: readonly string[], streams: Streams): number {
  const asked = args.length === 0 || args.includes('--help');
  const known = commands.map(({ words, summary }) => [words, summary]);
  const text = `usage: headwater COMMAND [options]\n\n${columns(known)}\n\nheadwater COMMAND --help tells the options.\n`;
  if (asked) streams.print(text);
  else streams.complain(`unknown command \`${args.slice(0, 2).join(' ')}\`\n\n${text}`);
  return asked ? 0 : 2;
}

function failed(error: unknown, command: Command, streams: Streams): number {
  const message = error instanceof Error ? error.message : String(error);
  streams.complain(`headwater ${command.words}: ${message}\n`);
  return error instanceof UsageError ? 2 : 1;
}
