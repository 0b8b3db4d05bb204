/** Fetches JSON from whoever an administrator named: guarded against where it leads, how long it takes and how much comes. */
import { parseJson } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { parseMediaType } from '../fhir/media-type.ts';
import type { FetchedJson, FetchJson, FetchProblem } from '../protocols/authorization-server/fetch-json.ts';
import { type Answer, accepted, type Get } from './get.ts';
import { type TargetPolicy, targetOf } from './target.ts';

const largestDocument = 64 * 1024;
/** For all of it, from the name to the last byte. */
const patienceMilliseconds = 5000;

export type FetchJsonDeps = TargetPolicy & {
  readonly get: Get;
  readonly deadline?: () => AbortSignal;
};

export function createFetchJson({ get, deadline = usualDeadline, ...policy }: FetchJsonDeps): FetchJson {
  return async (url) => {
    const target = targetOf(url, policy);
    if (!target.ok) return target;
    const signal = deadline();
    try {
      const answer = await get(target.value, signal);
      if (!answer.ok) return answer;
      try {
        return await read(answer.value);
      } finally {
        answer.value.close();
      }
    } catch {
      return err(signal.aborted ? 'timed-out' : 'unreachable');
    }
  };
}

const usualDeadline = (): AbortSignal => AbortSignal.timeout(patienceMilliseconds);

async function read(answer: Answer): Promise<Result<FetchedJson, FetchProblem>> {
  // A redirect too: it would lead past the guard, and keys have one place.
  if (answer.status !== 200) return err('refused-status');
  const { type } = parseMediaType(answer.header('content-type') ?? '');
  if (!accepted.some((known) => known === type)) return err('wrong-type');
  const bytes = await readAtMost(answer.body, largestDocument);
  if (!bytes) return err('too-large');
  const json = textOf(bytes);
  return json.ok ? ok({ json: json.value, maxAgeSeconds: maxAgeIn(answer) }) : err('not-json');
}

/** Undefined as soon as there is more. */
async function readAtMost(
  body: AsyncIterable<Uint8Array>,
  most: number,
): Promise<readonly Uint8Array[] | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > most) return undefined;
    chunks.push(chunk);
  }
  return chunks;
}

function textOf(chunks: readonly Uint8Array[]): ReturnType<typeof parseJson> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    const text = chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('') + decoder.decode();
    return parseJson(text);
  } catch {
    return err('not JSON');
  }
}

/** RFC 9111 §5.2.2. */
function maxAgeIn({ header }: Answer): number | undefined {
  const control = header('cache-control') ?? '';
  if (/\bno-(?:store|cache)\b/i.test(control)) return 0;
  const seconds = /\bmax-age="?(?<seconds>\d{1,9})\b/i.exec(control)?.groups?.['seconds'];
  return seconds === undefined ? undefined : Number(seconds);
}
