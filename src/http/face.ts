/** How a group of routes shows its failures, and how the contract describes that. */
import type { ZodType } from 'zod';
import { type Failure, statusOf } from '../base/failure.ts';
import type { Json } from '../base/json.ts';

export type Face = {
  readonly mediaType: string;
  readonly schema: ZodType;
  readonly render: (failure: Failure) => Response;
};

export function failureResponse(failure: Failure, status: number, mediaType: string, body: Json): Response {
  const headers = new Headers({ 'cache-control': 'no-store', ...failure.headers, 'content-type': mediaType });
  if (failure.challenge) headers.set('www-authenticate', challengeOf(failure));
  return new Response(JSON.stringify(body), { status, headers });
}

export const statusOfFailure = (failure: Failure): number => statusOf[failure.kind];

/** RFC 6750 §3: no error code when no credentials came. */
function challengeOf({ challenge }: Failure): string {
  const parameters = [
    ['error', challenge?.error],
    ['scope', challenge?.scope],
  ]
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([name, value]) => `, ${name}="${value}"`);
  return `${challenge?.scheme} realm="headwater"${parameters.join('')}`;
}
