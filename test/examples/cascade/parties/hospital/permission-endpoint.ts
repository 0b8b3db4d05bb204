// Where the hospital's record server gets the ticket it hands to an app without a token (UMA Federated Authorization §4).

import type Provider from 'oidc-provider';
import { isObject, type JsonObject, parseJsonObject } from '../../../../../src/base/json.ts';
import type { Answer } from '../party.ts';
import type { Transactions } from './transactions.ts';

export async function openTransaction(
  provider: Provider,
  transactions: Transactions,
  authorization: string | undefined,
  body: string,
): Promise<Answer> {
  const token = await provider.ClientCredentials.find(authorization?.replace(/^Bearer /, '') ?? '');
  if (!token?.isValid) return { status: 401, headers: { 'WWW-Authenticate': 'Bearer' }, body: {} };
  if (!token.scopes.has('uma_protection')) return { status: 403, body: { error: 'insufficient_scope' } };
  const wanted = wantedFrom(body);
  if (!wanted) return { status: 400, body: { error: 'invalid_resource_id' } };
  return { status: 201, body: { ticket: transactions.open({ stage: 'opened', wanted }) } };
}

function wantedFrom(
  body: string,
): { readonly recordId: string; readonly scopes: readonly string[] } | undefined {
  const parsed = parseJsonObject(body);
  const request: JsonObject = parsed.ok && isObject(parsed.value) ? parsed.value : {};
  const { resource_id: recordId, resource_scopes: scopes } = request;
  if (typeof recordId !== 'string' || !Array.isArray(scopes)) return undefined;
  return { recordId, scopes: scopes.map(String) };
}
