/** Finds the command that the arguments name, reads them, and prints what it has to say. */
import { migrateConfiguredDatabase } from '../configured-database.ts';
import { clientCommands } from './client.ts';
import {
  type Command,
  columns,
  type Output,
  readArguments,
  type Streams,
  UsageError,
  usageOf,
} from './command.ts';
import { doctorCommand } from './doctor.ts';
import { exportCommand } from './export.ts';
import { importCommand } from './import.ts';
import { issuerCommands } from './issuer.ts';
import { keyCommands } from './key.ts';
import { tokenCommand } from './token.ts';

const migrateCommand: Command = {
  words: 'migrate',
  summary: 'Bring the database to the schema of this version',
  options: {},
  async run() {
    await migrateConfiguredDatabase();
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
  importCommand,
  exportCommand,
  doctorCommand,
];

/** @returns the exit code: 0 done, 1 failed, 2 asked in a way that cannot be done */
export async function headwater(args: readonly string[], streams: Streams): Promise<number> {
  const command = commandIn(args);
  if (!command) return await overview(args, streams);
  try {
    const given = readArguments(command, args.slice(command.words.split(' ').length));
    if (given.flag('help')) {
      await streams.print(`${usageOf(command)}\n`);
      return 0;
    }
    return await shown(await command.run(given, streams), given.flag('json'), streams);
  } catch (error) {
    return refused(error, command, streams);
  }
}

async function shown(
  { json, text, failed = false, aside = false }: Output,
  asJson: boolean,
  { print, complain }: Streams,
): Promise<number> {
  const output = asJson ? JSON.stringify(json, undefined, 2) : text;
  if (output !== '') await (aside ? complain : print)(`${output}\n`);
  return failed ? 1 : 0;
}

function commandIn(args: readonly string[]): Command | undefined {
  return commands.find(({ words }) => words.split(' ').every((word, at) => args[at] === word));
}

async function overview(args: readonly string[], streams: Streams): Promise<number> {
  const asked = args.length === 0 || args.includes('--help');
  const known = commands.map(({ words, summary }) => [words, summary]);
  const text = `usage: headwater COMMAND [options]\n\n${columns(known)}\n\nheadwater COMMAND --help tells the options.\n`;
  if (asked) await streams.print(text);
  else streams.complain(`unknown command \`${args.slice(0, 2).join(' ')}\`\n\n${text}`);
  return asked ? 0 : 2;
}

function refused(error: unknown, command: Command, streams: Streams): number {
  const message = error instanceof Error ? error.message : String(error);
  streams.complain(`headwater ${command.words}: ${message}\n`);
  return error instanceof UsageError ? 2 : 1;
}
