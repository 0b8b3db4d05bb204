// One HTTP exchange as the apps of the story make it, with everything they look at afterwards.

import { isObject, type JsonObject, parseJson } from '../../../../src/base/json.ts';

export type Seen = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty when the answer was not a JSON object. */
  readonly body: JsonObject;
};

/** The story is not about time: it must hold on a busy machine, too. */
export const patience = { timeoutSeconds: 20 };

export async function exchange(url: string, init: RequestInit = {}): Promise<Seen> {
  const response = await fetch(url, {
    ...init,
    redirect: 'error',
    signal: AbortSignal.timeout(patience.timeoutSeconds * 1000),
  });
  const body = parseJson(await response.text());
  const headers = Object.fromEntries(response.headers);
  return { status: response.status, headers, body: body.ok && isObject(body.value) ? body.value : {} };
}

export const postForm = (
  url: string,
  form: Readonly<Record<string, string>>,
  token?: string,
): Promise<Seen> =>
  exchange(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...bearer(token) },
    body: new URLSearchParams(form).toString(),
  });

export const postJson = (url: string, body: unknown, token?: string): Promise<Seen> =>
  exchange(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...bearer(token) },
    body: JSON.stringify(body),
  });

export const bearer = (token: string | undefined): Readonly<Record<string, string>> =>
  token === undefined ? {} : { Authorization: `Bearer ${token}` };
