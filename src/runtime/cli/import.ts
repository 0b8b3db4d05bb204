/** `headwater import FILES…`: resources from NDJSON, Bundles and single files, under the ids they have. */
import { constants, createReadStream } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { indexEntry } from '../../audit/index-entry.ts';
import { randomId } from '../../base/ids.ts';
import { asInstant } from '../../base/instant.ts';
import { type FhirVersion, fhirVersions, isFhirVersion } from '../../fhir/version.ts';
import { auditLog } from '../../storage/audit-log.ts';
import type { Database } from '../../storage/database.ts';
import { resourceStore } from '../../storage/resources.ts';
import { transact } from '../../storage/transact.ts';
import { withConfiguredDatabase } from '../configured-database.ts';
import { random } from '../random.ts';
import { importResources, type Source } from '../transfer/import-resources.ts';
import { noProgress, type Progress, progressBar } from '../transfer/progress-bar.ts';
import type { Counts } from '../transfer/tally.ts';
import { type Arguments, type Command, columns, type Streams, UsageError } from './command.ts';

const clock = () => asInstant(Date.now());

export const importCommand: Command = {
  words: 'import',
  operands: 'FILE…',
  summary:
    'Store resources from NDJSON files, Bundles and single resources under the ids they have; `-` is the standard input. May be run again: what is the same already stays as it is',
  options: {
    'fhir-version': {
      type: 'string',
      value: fhirVersions.join('|'),
      help: 'of all of them; told by the shape of each when absent',
    },
    'accept-invalid': {
      type: 'boolean',
      help: 'store a Consent that is not valid too; as long as it is active, decisions about its patient are indeterminate',
    },
  },
  async run(given, streams) {
    const files = await readable(given.positionals);
    const options = {
      fhirVersion: fhirVersionIn(given),
      acceptInvalid: given.flag('accept-invalid'),
      filedBy: 'headwater import',
    };
    const counts = await withProgress(files, given, streams, (sources, progress) =>
      withConfiguredDatabase((database, { issuer }) =>
        importResources({ ...storesOver(database), issuer, random, clock }, sources, options, {
          progress: progress.show,
          tell: (text) => {
            progress.clear();
            streams.complain(`${text}\n`);
          },
        }),
      ),
    );
    const json = { files: files.length, ...counts };
    return { json, text: summaryOf(json), failed: counts.refused > 0 };
  },
};

export function fhirVersionIn(given: Arguments): FhirVersion | undefined {
  const version = given.text('fhir-version');
  if (version === undefined || isFhirVersion(version)) return version;
  throw new UsageError(`--fhir-version: expected one of ${fhirVersions.join(', ')}`);
}

const standardInput = '-';

type File = { readonly file: string; readonly size: number };

/** All of them, before anything is stored. */
async function readable(names: readonly string[]): Promise<readonly File[]> {
  if (names.length === 0) throw new UsageError('expected at least one file, or `-` for the standard input');
  return await Promise.all(names.map(async (file) => ({ file, size: await sizeOf(file) })));
}

async function sizeOf(file: string): Promise<number> {
  if (file === standardInput) return 0;
  try {
    await access(file, constants.R_OK);
    const found = await stat(file);
    if (!found.isDirectory()) return found.size;
  } catch (error) {
    throw new UsageError(`\`${file}\` cannot be read`, { cause: error });
  }
  throw new UsageError(`\`${file}\` is a folder`);
}

async function withProgress<T>(
  files: readonly File[],
  given: Arguments,
  { terminal }: Streams,
  work: (sources: readonly Source[], progress: Progress) => Promise<T>,
): Promise<T> {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const progress = terminal && !given.flag('json') ? progressBar(terminal, total) : noProgress;
  const sources = files.map(({ file }) => ({ file, chunks: chunksOf(file, progress) }));
  try {
    return await work(sources, progress);
  } finally {
    progress.end();
  }
}

async function* chunksOf(file: string, { advance }: Progress): AsyncGenerator<Uint8Array, undefined> {
  const stream =
    file === standardInput ? process.stdin : createReadStream(file, { highWaterMark: 256 * 1024 });
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    advance(bytes.length);
    yield bytes;
  }
}

function storesOver(database: Database) {
  const resources = (on: Database) => resourceStore(on, { random });
  return {
    resources: resources(database),
    transact: transact(database, (transaction) => ({
      resources: resources(transaction),
      audit: auditLog(transaction, indexEntry),
    })),
    run: randomId(random),
  };
}

const meanings: Readonly<Record<keyof Counts | 'files', string>> = {
  files: '',
  read: 'resources and lines',
  created: '',
  updated: 'now of another version',
  unchanged: 'the same already',
  flagged: 'of these not valid, stored all the same',
  assigned: 'of these given an id, since they brought none; importing them again stores them again',
  refused: 'not stored; each is told above',
};

function summaryOf(counts: Counts & { readonly files: number }): string {
  const rows = Object.entries(meanings).flatMap(([name, meaning]) => {
    const count = counts[name as keyof Counts | 'files'];
    const isSaid = count > 0 || !['flagged', 'assigned'].includes(name);
    return isSaid ? [[name, String(count).padStart(8), meaning]] : [];
  });
  return columns(rows);
}
