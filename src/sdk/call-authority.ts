/** One exchange with an authority: bounded in time and size, never redirected, its answer read as a JSON object. */
import { type JsonObject, parseJsonObject } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { CascadeFailure, Refusal, RefusalReason } from './failure.ts';
import { textOf } from './members.ts';
import type { Wiring } from './wiring.ts';

export type AuthorityReply = { readonly status: number; readonly body: JsonObject };

export type Call = {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** Any status with a JSON object as its body is a reply; everything else is a failure (D15: no answer opens nothing). */
export async function callAuthority(
  wiring: Wiring,
  url: string,
  call: Call,
): Promise<Result<AuthorityReply, CascadeFailure>> {
  const signal = AbortSignal.timeout(wiring.timeoutSeconds * 1000);
  try {
    const response = await wiring.fetch(url, requestOf(call, signal));
    return await readReply(response, wiring.maximumBytes);
  } catch (thrown) {
    return signal.aborted ? fail('authority-timeout', url) : fail('authority-unreachable', url, thrown);
  }
}

/** The failure for a reply that is an OAuth error (RFC 6749 §5.2). */
export function refused(reply: AuthorityReply): CascadeFailure {
  const error = textOf(reply.body['error']) ?? 'unnamed';
  return {
    reason: 'authority-refused',
    detail: `answered ${reply.status} \`${error}\``,
    status: reply.status,
    error,
  };
}

export const unreadable = (what: string): Refusal => ({ reason: 'authority-unreadable', detail: what });

// A redirect followed with a token in hand would carry it to whoever answered (D1).
function requestOf(call: Call, signal: AbortSignal): RequestInit {
  return {
    method: call.method,
    headers: { Accept: 'application/json', ...call.headers },
    redirect: 'manual',
    signal,
    ...(call.body === undefined ? {} : { body: call.body }),
  };
}

async function readReply(
  response: Response,
  maximumBytes: number,
): Promise<Result<AuthorityReply, CascadeFailure>> {
  if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
    await response.body?.cancel();
    return err(unreadable('answered with a redirect'));
  }
  const text = await readText(response, maximumBytes);
  if (text === undefined) return err(unreadable('answered with more than is read'));
  const body = parseJsonObject(text);
  if (!body.ok) return err(unreadable(`answered ${response.status} with a body that is ${body.failure}`));
  return ok({ status: response.status, body: body.value });
}

async function readText(response: Response, maximumBytes: number): Promise<string | undefined> {
  if (!response.body) return '';
  const decoder = new TextDecoder();
  let text = '';
  let read = 0;
  for await (const chunk of response.body) {
    read += chunk.byteLength;
    // Leaving the loop cancels the stream, so the rest is not downloaded.
    if (read > maximumBytes) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function fail(reason: RefusalReason, url: string, thrown?: unknown): Result<never, CascadeFailure> {
  const why = thrown instanceof Error ? `: ${thrown.message}` : '';
  return err({ reason, detail: `${new URL(url).origin}${why}` });
}
