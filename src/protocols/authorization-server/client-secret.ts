/** client_secret_basic (RFC 6749 §2.3.1): a client that shares a secret with us, of which we keep a hash alone. */
import { sha256 } from '../../access/digest.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { type Client, isClientId } from './client.ts';
import type { ClientStore } from './client-store.ts';
import type { AuthenticationProblem } from './failures.ts';
import { equalInConstantTime } from './hash.ts';

/** The hash of nothing that anybody could present: whoever is unknown is compared as well. */
const nobodysHash = '-'.repeat(43);

export async function checkSecret(
  { clients }: { readonly clients: Pick<ClientStore, 'find'> },
  authorization: string,
  clientId: string | undefined,
): Promise<Result<Client, AuthenticationProblem>> {
  const presented = credentialsIn(authorization);
  if (!presented) return err('other-method');
  const client = isClientId(presented.id) ? await clients.find(presented.id) : undefined;
  const isRight = equalInConstantTime(sha256(presented.secret), client?.secretHash ?? nobodysHash);
  if (clientId !== undefined && clientId !== presented.id) return err('wrong-client-id');
  if (!client) return err('unknown-client');
  if (client.secretHash === undefined) return err('other-method');
  if (!isRight) return err('wrong-secret');
  return client.disabledAt === undefined ? ok(client) : err('disabled-client');
}

/** Another scheme stands for another method. */
export const isBasic = (authorization: string): boolean => /^Basic /i.test(authorization);

/** Each half was form-encoded before they were joined, so that neither holds a colon (RFC 6749 §2.3.1). */
export function credentialsIn(
  authorization: string,
): { readonly id: string; readonly secret: string } | undefined {
  const encoded = /^Basic +(?<pair>[A-Za-z\d+/]+=*) *$/i.exec(authorization)?.groups?.['pair'];
  if (encoded === undefined) return undefined;
  try {
    const [, id, secret] = /^(?<id>[^:]*):(?<secret>.*)$/s.exec(atob(encoded)) ?? [];
    return id === undefined || secret === undefined
      ? undefined
      : { id: formDecoded(id), secret: formDecoded(secret) };
  } catch {
    return undefined;
  }
}

const formDecoded = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));
