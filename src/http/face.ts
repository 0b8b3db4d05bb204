/** How a group of routes shows its failures, and how the contract describes that. */
import type { ZodType } from 'zod';
import { type Failure, statusOf } from '../base/failure.ts';
import type { Json } from '../base/json.ts';

export type Face = {
  readonly mediaType: string;
  readonly schema: ZodType;
  readonly render: (failure: Failure) => Response;
  /** A fault of ours (500); says nothing from inside. */
  readonly renderFault: () => Response;
};

export function failureResponse(failure: Failure, status: number, mediaType: string, body: Json): Response {
  const headers = new Headers({ 'cache-control': 'no-store', ...failure.headers, 'content-type': mediaType });
  if (failure.challenge) headers.set('www-authenticate', challengeOf(failure));
  return new Response(JSON.stringify(body), { status, headers });
}

export const faultResponse = (mediaType: string, body: Json): Response =>
  new Response(JSON.stringify(body), {
    status: 500,
    headers: { 'cache-control': 'no-store', 'content-type': mediaType },
  });

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
