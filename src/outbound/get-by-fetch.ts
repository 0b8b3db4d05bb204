/** One request where there is nothing but `fetch` (Workers): no address can be pinned, so the platform keeps us out of its own. */
import { ok } from '../base/result.ts';
import { accepted, type Get } from './get.ts';

export const getByFetch: Get = async ({ url }, signal) => {
  const response = await fetch(url, {
    redirect: 'manual',
    signal,
    headers: { accept: accepted.join(', ') },
  });
  return ok({
    status: response.status,
    header: (name) => response.headers.get(name) ?? undefined,
    body: response.body ?? nothing(),
    close: () => void response.body?.cancel().catch(() => {}),
  });
};

async function* nothing(): AsyncGenerator<Uint8Array> {}
