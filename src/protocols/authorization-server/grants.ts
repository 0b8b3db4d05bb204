/** The table of grants: the token endpoint serves what stands in it, discovery advertises it, registration allows it. */
import type { ZodType, z } from 'zod';
import type { Failure } from '../../base/failure.ts';
import type { Instant } from '../../base/instant.ts';
import type { JsonObject } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Client } from './client.ts';
import { tokenFailure } from './failures.ts';
import type { TokenRequest } from './wire.ts';

export type GrantCall = {
  readonly client: Client;
  readonly parameters: TokenRequest;
  /** Of RFC 8707, the only parameter that may be repeated. */
  readonly resources: readonly string[];
  readonly at: Instant;
  readonly requestId: string;
};

/** Answers with the body of RFC 6749 §5.1. */
export type Grant = {
  readonly type: string;
  readonly answer: (call: GrantCall) => Promise<Result<JsonObject, Failure>>;
};

export const grantTypes = {
  authorizationCode: 'authorization_code',
  refreshToken: 'refresh_token',
  clientCredentials: 'client_credentials',
  umaTicket: 'urn:ietf:params:oauth:grant-type:uma-ticket',
} as const;

/** A client that cannot prove itself gets nothing in its own name (RFC 6749 §4.4). */
export const grantsForAnybody: readonly string[] = [
  grantTypes.authorizationCode,
  grantTypes.refreshToken,
  grantTypes.umaTicket,
];

/** Reads the parameters a grant knows; RFC 6749 §3.2 wants the others ignored. */
export function readParameters<Schema extends ZodType>(
  schema: Schema,
  parameters: TokenRequest,
): Result<z.output<Schema>, Failure> {
  const read = schema.safeParse(parameters);
  if (read.success) return ok(read.data);
  const [issue] = read.error.issues;
  const detail = `\`${issue?.path.join('.')}\`: ${issue?.message.toLowerCase()}`;
  return err(tokenFailure({ reason: 'malformed', detail }));
}
