/** `headwater export`: everything that is current, as NDJSON. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, unlink } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { indexEntry } from '../../audit/index-entry.ts';
import { randomId } from '../../base/ids.ts';
import { asInstant } from '../../base/instant.ts';
import type { FhirVersion } from '../../fhir/version.ts';
import { fhirVersions } from '../../fhir/version.ts';
import { type ResourceKind, resourceKinds } from '../../protocols/fhir-api/resource-kind.ts';
import { auditLog } from '../../storage/audit-log.ts';
import type { Database } from '../../storage/database.ts';
import { resourceStore } from '../../storage/resources.ts';
import { withConfiguredDatabase } from '../configured-database.ts';
import { random } from '../random.ts';
import { type ExportCounts, exportResources, type Write } from '../transfer/export-resources.ts';
import { type Arguments, type Command, type Streams, UsageError } from './command.ts';
import { fhirVersionIn } from './import.ts';

export const exportCommand: Command = {
  words: 'export',
  summary: 'Write every current resource as a line of JSON (NDJSON), as the API serves it',
  options: {
    type: { type: 'string', multiple: true, value: 'TYPE,…', help: 'of these types only' },
    'fhir-version': {
      type: 'string',
      value: fhirVersions.join('|'),
      help: 'all in this version; each in that of its submission when absent',
    },
    output: { type: 'string', value: 'FILE', help: 'where to; the standard output when absent or `-`' },
  },
  async run(given, streams) {
    const kinds = kindsIn(given);
    const version = fhirVersionIn(given);
    const counts = await withOutput(given.text('output') ?? '-', streams, (write) =>
      withConfiguredDatabase(async (database) => {
        await record(database, kinds);
        return await exportResources(resourceStore(database, { random }), kinds, version, write);
      }),
    );
    return { json: counts, text: summaryOf(counts, version), aside: true, failed: counts.omitted > 0 };
  },
};

/** The directory first: who imports it all finds the patient of a consent that names one by identifier. */
const inOrder = resourceKinds.toSorted((a, b) => Number(a.type === 'Consent') - Number(b.type === 'Consent'));

function kindsIn(given: Arguments): readonly ResourceKind[] {
  const types = given.list('type', ',');
  const unknown = types.filter((type) => !resourceKinds.some((kind) => kind.type === type));
  if (unknown.length > 0) throw new UsageError(`--type: \`${unknown.join('`, `')}\` is not kept here`);
  return types.length === 0 ? inOrder : inOrder.filter(({ type }) => types.includes(type));
}

/** Before the first line leaves: that everything of a type was handed out, to whoever runs this. */
async function record(database: Database, kinds: readonly ResourceKind[]): Promise<void> {
  const run = randomId(random);
  await auditLog(database, indexEntry).append(
    kinds.map(({ type }) => ({
      kind: 'interaction',
      id: randomId(random),
      recordedAt: asInstant(Date.now()),
      interaction: 'search-type',
      type,
      query: `headwater export --type ${type}`,
      outcome: '0',
      circumstances: { door: 'export', clientId: 'headwater export', requestId: run },
    })),
  );
}

/** A file that is there is whole: it gets its name when all is written. For its owner's eyes alone. */
async function withOutput<T>(
  file: string,
  { print }: Streams,
  work: (write: Write) => Promise<T>,
): Promise<T> {
  if (file === '-') return await work(async (text) => print(text));
  const unfinished = `${file}.part`;
  const stream = createWriteStream(unfinished, { mode: 0o600 });
  try {
    await once(stream, 'open');
    const result = await work(async (text) => {
      if (!stream.write(text)) await once(stream, 'drain');
    });
    stream.end();
    await finished(stream);
    await rename(unfinished, file);
    return result;
  } catch (error) {
    stream.destroy();
    await unlink(unfinished).catch(() => {});
    throw error;
  }
}

function summaryOf({ written, shortened, omitted }: ExportCounts, version: FhirVersion | undefined): string {
  return [
    `${written} resources written`,
    ...(shortened > 0 ? [`${shortened} of them shortened, since ${version} cannot say everything`] : []),
    ...(omitted > 0 ? [`${omitted} left out, since ${version} cannot say them`] : []),
  ].join('\n');
}
