/** A command of `headwater` as data: its words, its options, what it does; and how its arguments are read. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import type { Json } from '../../base/json.ts';

type Option = {
  readonly type: 'string' | 'boolean';
  readonly multiple?: boolean;
  /** What stands for the value in the usage: `FILE`. */
  readonly value?: string;
  readonly help: string;
};

export type Arguments = {
  /** The last one given. */
  readonly text: (name: string) => string | undefined;
  /** All given, each split at its commas when `separator` says so. */
  readonly list: (name: string, separator?: string | RegExp) => readonly string[];
  readonly flag: (name: string) => boolean;
  readonly positionals: readonly string[];
};

/** `text` for people; `json` for programs. */
export type Output = {
  readonly json: Json;
  readonly text: string;
  /** It was done, and not all of it went well. */
  readonly failed?: boolean;
  /** The results are printed already, and this goes where complaints go. */
  readonly aside?: boolean;
};

/** Where text goes: results apart from complaints, so that a pipe gets the former alone. */
export type Streams = {
  /** Whoever prints much waits until there is room for more. */
  readonly print: (text: string) => Promise<void> | void;
  readonly complain: (text: string) => void;
  /** Somebody is watching where the complaints go. */
  readonly terminal?: NodeJS.WritableStream;
};

export type Command = {
  /** `client create`. */
  readonly words: string;
  /** What follows the options in the usage: `CLIENT_ID`. */
  readonly operands?: string;
  readonly summary: string;
  readonly options: Readonly<Record<string, Option>>;
  readonly run: (given: Arguments, streams: Streams) => Promise<Output>;
};

/** Something the person at the keyboard can put right. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const everywhere: Readonly<Record<string, Option>> = {
  json: { type: 'boolean', help: 'print JSON' },
  help: { type: 'boolean', help: 'print this' },
};

const optionsOf = ({ options }: Command): Readonly<Record<string, Option>> => ({
  ...options,
  ...everywhere,
});

export function readArguments(command: Command, args: readonly string[]): Arguments {
  const { values, positionals } = parsed(command, args);
  const all = (name: string): readonly (string | boolean)[] => [values[name] ?? []].flat();
  const texts = (name: string): readonly string[] => all(name).filter((value) => typeof value === 'string');
  return {
    text: (name) => texts(name).at(-1),
    list: (name, separator) =>
      texts(name)
        .flatMap((value) => (separator ? value.split(separator) : [value]))
        .filter((value) => value !== ''),
    flag: (name) => all(name).includes(true),
    positionals,
  };
}

function parsed(command: Command, args: readonly string[]) {
  const options: ParseArgsOptionsConfig = Object.fromEntries(
    Object.entries(optionsOf(command)).map(([name, { type, multiple = false }]) => [
      name,
      { type, multiple },
    ]),
  );
  try {
    return parseArgs({ args: [...args], options, allowPositionals: command.operands !== undefined });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

export function usageOf(command: Command): string {
  const rows = Object.entries(optionsOf(command)).map(([name, option]) => {
    const value = option.value === undefined ? '' : ` ${option.value}`;
    return [`--${name}${value}`, option.multiple ? `${option.help} (may be repeated)` : option.help] as const;
  });
  const operands = command.operands === undefined ? '' : ` ${command.operands}`;
  return `usage: headwater ${command.words} [options]${operands}\n\n${command.summary}\n\n${columns(rows)}`;
}

export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows
    .map((row) => `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd())
    .join('\n');
}
