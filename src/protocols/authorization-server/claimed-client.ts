/** Which client a form says it comes from, and whether it brings what would prove it; nothing of it is believed yet. */
import { decodeJwt } from 'jose';
import { isClientId } from './client.ts';
import { credentialsIn } from './client-secret.ts';

export function claimedClient(form: string, headers: Headers): string | undefined {
  const parameters = new URLSearchParams(form);
  const claimed =
    credentialsIn(headers.get('authorization') ?? '')?.id ??
    subjectOf(parameters.get('client_assertion')) ??
    parameters.get('client_id');
  return isClientId(claimed) ? claimed : undefined;
}

/** Read as the endpoint reads it, so that no other spelling of a name passes for none. */
export function bringsProof(form: string, headers: Headers): boolean {
  const parameters = new URLSearchParams(form);
  return (
    headers.has('authorization') || parameters.has('client_assertion') || parameters.has('client_secret')
  );
}

function subjectOf(assertion: string | null): string | undefined {
  try {
    return assertion === null ? undefined : decodeJwt(assertion).sub;
  } catch {
    return undefined;
  }
}
