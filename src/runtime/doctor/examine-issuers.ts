/** Whether the issuers we trust can be believed: their keys on file, or to be had where they publish them. */
import type { FetchJson } from '../../protocols/authorization-server/fetch-json.ts';
import { readPublishedKeySet } from '../../protocols/authorization-server/read-key-set.ts';
import type { TrustedIssuer } from '../../protocols/uma/party/trusted-issuer-store.ts';
import { type Finding, good, notice, wrong } from './finding.ts';

export async function examineIssuers(
  issuers: readonly TrustedIssuer[],
  fetchJson: FetchJson,
): Promise<readonly Finding[]> {
  if (issuers.length === 0) return [notice('issuers', 'none is trusted: no claim token is believed')];
  return await Promise.all(issuers.map((issuer) => examineIssuer(issuer, fetchJson)));
}

async function examineIssuer(
  { issuer, jwks, jwksUri }: TrustedIssuer,
  fetchJson: FetchJson,
): Promise<Finding> {
  if (jwksUri === undefined) return good('issuers', `${issuer}: ${jwks.length} keys on file`);
  const where = `${issuer}: its keys at ${jwksUri}`;
  const document = await fetchJson(jwksUri);
  if (!document.ok) return wrong('issuers', `${where} cannot be had (${document.failure})`);
  const keys = await readPublishedKeySet(document.value.json);
  if (!keys.ok) return wrong('issuers', `${where} are not used (${keys.failure.reason})`);
  return keys.value.length === 0
    ? wrong('issuers', `${where} hold none that we can verify with`)
    : good('issuers', `${where}: ${keys.value.length}`);
}
