/** Which client a request says it comes from; nothing of it is believed yet. */
import { decodeJwt } from 'jose';
import { isClientId } from './client.ts';
import type { ClientCredentials } from './wire.ts';

export function claimedClient(
  { client_id: id, client_assertion: assertion }: Partial<ClientCredentials>,
  headers: Headers,
): string | undefined {
  const claimed = id ?? subjectOf(assertion) ?? userOf(headers.get('authorization'));
  return isClientId(claimed) ? claimed : undefined;
}

function subjectOf(assertion: string | undefined): string | undefined {
  if (assertion === undefined) return undefined;
  try {
    return decodeJwt(assertion).sub;
  } catch {
    return undefined;
  }
}

/** RFC 7617 §2. */
function userOf(authorization: string | null): string | undefined {
  const encoded = /^Basic +(?<encoded>[\w+/-]+=*)$/i.exec(authorization ?? '')?.groups?.['encoded'];
  if (encoded === undefined) return undefined;
  try {
    return atob(encoded).split(':', 1)[0];
  } catch {
    return undefined;
  }
}
