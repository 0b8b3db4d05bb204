/** Reads a body as text, for as long as it is no larger than allowed and the client goes on sending. */
import { err, ok, type Result } from '../base/result.ts';

export type BodyProblem = 'too-large' | 'cut-short' | 'not-utf-8';

export async function readText(request: Request, atMost: number): Promise<Result<string, BodyProblem>> {
  try {
    const chunks = isShort(request, atMost) ? await whole(request) : await atMostOf(request.body, atMost);
    return chunks ? decoded(chunks) : err('too-large');
  } catch {
    return err('cut-short');
  }
}

/** HTTP ends a body at the length it declares, so that nothing has to be counted. */
const isShort = (request: Request, atMost: number): boolean => {
  const declared = request.headers.get('content-length') ?? '';
  return /^\d+$/.test(declared) && Number(declared) <= atMost;
};

/** Without a stream, which costs more than all else that is done with a short body. */
const whole = async (request: Request): Promise<readonly Uint8Array[]> => [
  new Uint8Array(await request.arrayBuffer()),
];

async function atMostOf(body: Request['body'], atMost: number): Promise<readonly Uint8Array[] | undefined> {
  // What is left of a body stays with the server, which drains it or closes: cancelled, it would take the answer along.
  const stream = body?.values({ preventCancel: true }) ?? [];
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > atMost) return undefined;
    chunks.push(chunk);
  }
  return chunks;
}

/** Replacing what is no UTF-8 would store something that nobody sent (RFC 8259 §8.1). */
function decoded(chunks: readonly Uint8Array[]): Result<string, BodyProblem> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    const parts = chunks.map((chunk) => decoder.decode(chunk, { stream: true }));
    return ok(parts.join('') + decoder.decode());
  } catch {
    return err('not-utf-8');
  }
}
