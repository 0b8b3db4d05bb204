/** Reads a body as text, for as long as it is no larger than allowed and the client goes on sending. */
import { err, ok, type Result } from '../base/result.ts';

export type BodyProblem = 'too-large' | 'cut-short' | 'not-utf-8';

export async function readText(body: Request['body'], atMost: number): Promise<Result<string, BodyProblem>> {
  // What is left of a body stays with the server, which drains it or closes: cancelled, it would take the answer along.
  const stream = body?.values({ preventCancel: true }) ?? [];
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      size += chunk.length;
      if (size > atMost) return err('too-large');
      chunks.push(chunk);
    }
  } catch {
    return err('cut-short');
  }
  return decoded(chunks);
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
